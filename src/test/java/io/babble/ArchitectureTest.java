package io.babble;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.USE_JAVA_UTIL_LOGGING;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.babble.cli.Babble;
import io.babble.job.BabbleJob;
import java.util.List;
import java.util.stream.Stream;

/**
 * Which package may depend on which. One that lists all it may use cannot reach Flink or Kafka through others either.
 */
@AnalyzeClasses(packages = "io.babble", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String ND4J_AND_PRESETS = "org.[nd4j|bytedeco]..";

    private static final List<String> JOB_FROM_BELOW = List.of(
            "job.options",
            "job.operator",
            "job.internals",
            "job.state",
            "job.source",
            "job.read",
            "job.learn",
            "job.write",
            "job.savepoint");

    @ArchTest
    static final ArchRule textKnowsTheJdk = onlyUses("text");

    @ArchTest
    static final ArchRule modelKnowsNd4jAndPresets = onlyUses("model", ND4J_AND_PRESETS, "io.babble.text..");

    @ArchTest
    static final ArchRule nativesAreTheBackends = only(ND4J_AND_PRESETS, "model.backend");

    @ArchTest
    static final ArchRule aModelKnowsNeitherItsBackendsNorItsWriters = noClasses()
            .that()
            .resideInAPackage("io.babble.model")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.babble.model.backend..", "io.babble.model.writing..");

    @ArchTest
    static final ArchRule backendsKnowNothingOfEachOther =
            slices().matching("io.babble.model.backend.(*)..").should().notDependOnEachOther();

    @ArchTest
    static final ArchRule metricsKnowMicrometer = onlyUses("metrics", "io.micrometer..");

    @ArchTest
    static final ArchRule recordsKnowJacksonAndSerializers = onlyUses(
            "records",
            "com.fasterxml.jackson..",
            "org.apache.kafka.clients.consumer..",
            "org.apache.kafka.clients.producer..",
            "org.apache.kafka.common..",
            "org.apache.flink.connector.kafka..",
            "org.apache.flink.api.common..",
            "org.apache.flink.core..",
            "org.apache.flink.util..");

    @ArchTest
    static final ArchRule filesKnowTheModelAndJackson =
            onlyUses("files", "io.babble.text..", "io.babble.model..", "com.fasterxml.jackson..");

    @ArchTest
    static final ArchRule clientsKnowRecordsAndKafkaClients = onlyUses(
            "client", "io.babble.records..", "org.apache.kafka.clients..", "org.apache.kafka.common..", "org.slf4j..");

    @ArchTest
    static final ArchRule theJobKnowsNeitherShellNorServers = neverUses("job", "cli", "embedded", "files");

    @ArchTest
    static final ArchRule onlyTheEntryPointLooksAtTopicsFromOutside = noClasses()
            .that()
            .resideInAPackage("io.babble.job..")
            .and()
            .areNotAssignableTo(BabbleJob.class)
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.babble.client..");

    @ArchTest
    static final ArchRule optionsAreBelowEverythingElseInTheJob = neverUsesThoseAbove("job.options");

    @ArchTest
    static final ArchRule whatServesAllOperatorsIsBelowThem = neverUsesThoseAbove("job.operator");

    @ArchTest
    static final ArchRule valuesInStateAreBelowTheOperators = neverUsesThoseAbove("job.state");

    @ArchTest
    static final ArchRule operatorsKnowNothingOfEachOther =
            slices().matching("io.babble.job.(learn|write|read)..").should().notDependOnEachOther();

    @ArchTest
    static final ArchRule flinksInternalsAreInOnePlace = noClasses()
            .that()
            .resideOutsideOfPackage("io.babble.job.internals")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "org.apache.flink.runtime.state.heap..",
                    "org.apache.flink.runtime.state.ttl..",
                    "org.apache.flink.runtime.state.metrics..")
            .orShould()
            .dependOnClassesThat()
            .haveSimpleName("SnapshotUtils")
            .orShould()
            .dependOnClassesThat()
            .haveSimpleName("AsyncSnapshotCallable");

    @ArchTest
    static final ArchRule theServersKnowNoJob = neverUses("embedded", "cli", "job", "model", "text", "files", "client");

    @ArchTest
    static final ArchRule nothingGoesInCircles =
            slices().matching("io.babble.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule micrometerIsForThoseWhoMeter = only("io.micrometer..", "metrics", "job.operator");

    @ArchTest
    static final ArchRule theKafkaServerIsEmbedded = only("kafka..", "embedded");

    @ArchTest
    static final ArchRule theCommandLineIsInTheShell = noClasses()
            .that()
            .resideOutsideOfPackage("io.babble.cli")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("picocli..");

    @ArchTest
    static final ArchRule onlyTheShellEndsTheProcess = noClasses()
            .that()
            .doNotBelongToAnyOf(Babble.class)
            .should()
            .callMethod(System.class, "exit", int.class)
            .orShould()
            .callMethod(Runtime.class, "exit", int.class)
            .orShould()
            .callMethod(Runtime.class, "halt", int.class)
            .because("it would take a JobManager or the tests with it");

    @ArchTest
    static final ArchRule onlyTheShellPrints = noClasses()
            .that()
            .resideOutsideOfPackage("io.babble.cli..")
            .should(ACCESS_STANDARD_STREAMS)
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule logsGoThroughSlf4j = noClasses().should(USE_JAVA_UTIL_LOGGING);

    @ArchTest
    static final ArchRule nothingLivesInStatics = fields().that()
            .areStatic()
            .should()
            .beFinal()
            .because("two jobs in one JVM must not see each other")
            .allowEmptyShould(true);

    private static ArchRule onlyUses(String layer, String... others) {
        return classes()
                .that()
                .resideInAPackage("io.babble." + layer + "..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(with(others, "java..", "io.babble." + layer + ".."))
                .allowEmptyShould(true);
    }

    private static ArchRule neverUsesThoseAbove(String layer) {
        int above = JOB_FROM_BELOW.indexOf(layer) + 1;
        return neverUses(
                layer, JOB_FROM_BELOW.subList(above, JOB_FROM_BELOW.size()).toArray(String[]::new));
    }

    private static ArchRule neverUses(String layer, String... others) {
        return noClasses()
                .that()
                .resideInAPackage("io.babble." + layer + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(Stream.of(others)
                        .map(other -> "io.babble." + other + "..")
                        .toArray(String[]::new))
                .allowEmptyShould(true);
    }

    private static ArchRule only(String library, String... layers) {
        return noClasses()
                .that()
                .resideOutsideOfPackages(Stream.of(layers)
                        .map(layer -> "io.babble." + layer + "..")
                        .toArray(String[]::new))
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library)
                .allowEmptyShould(true);
    }

    private static String[] with(String[] packages, String... more) {
        return Stream.concat(Stream.of(packages), Stream.of(more)).toArray(String[]::new);
    }
}

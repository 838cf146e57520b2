package io.babble.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.babble.embedded.EmbeddedKafka;
import io.babble.embedded.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A job that may do no more on its broker than it must. */
class RightsIT {
    private static final byte[] TEXT = "It was the best of times, it was the worst of times.".getBytes(UTF_8);

    @TempDir
    Path folder;

    private final int open = Ports.free(0, "Kafka");
    private final int guarded = Ports.free(0, "Kafka");
    private final int controller = Ports.free(0, "Kafka");

    @Test
    void learnsWithoutTheRightToReadSettingsAndEndsWithoutTheRightToWrite() throws Exception {
        EmbeddedKafka broker = EmbeddedKafka.start(folder.resolve("kafka"), open, settings());
        Configuration flink =
                new Configuration().set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofSeconds(1));
        try (Stage stage = new Stage(folder, new TestKafka(broker.bootstrapServers(), broker::close), flink);
                Service service = stage.service("rights", 1, guardedClients());
                Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
                LoggedLines log = LoggedLines.of("io.babble.job.OutputTopic")) {
            admin.createAcls(rights()).all().get();
            service.started();
            service.publish("stream", TEXT);
            service.ask("id", "{\"id\": \"id\", \"prompt\": \"It \", \"length\": 20}");
            service.awaitLearned(TEXT.length);
            service.await("the text", () -> service.written("id").isDone());
            assertThat(log.lines())
                    .filteredOn(line -> line.startsWith(
                            "No right to read the settings of topic rights.dead-letters (DescribeConfigs)"))
                    .hasSize(1);

            admin.deleteAcls(List.of(right(ResourceType.TOPIC, "rights.samples", AclOperation.WRITE)
                            .toFilter()))
                    .all()
                    .get();
            service.await("the end of the job", () -> {
                service.ask("id", "{\"id\": \"id\", \"prompt\": \"It \", \"length\": 20}");
                return service.status() == JobStatus.FAILED;
            });
            assertThat(service.failure().orElseThrow())
                    .isEqualTo("The job has no right to WRITE topic rights.samples: grant it, and start the job from"
                            + " its last checkpoint");
        }
    }

    /** One listener for the test, which may do everything, and one for the job, which must log in. */
    private Map<String, String> settings() {
        return Map.of(
                "listeners",
                "PLAINTEXT://127.0.0.1:" + open + ",GUARDED://127.0.0.1:" + guarded + ",CONTROLLER://127.0.0.1:"
                        + controller,
                "controller.quorum.voters",
                "1@127.0.0.1:" + controller,
                "listener.security.protocol.map",
                "PLAINTEXT:PLAINTEXT,GUARDED:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT",
                "listener.name.guarded.sasl.enabled.mechanisms",
                "PLAIN",
                "listener.name.guarded.plain.sasl.jaas.config",
                login("babble", "user_babble=\"secret\""),
                "authorizer.class.name",
                "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                "super.users",
                "User:ANONYMOUS");
    }

    private String[] guardedClients() throws IOException {
        Path file = Files.writeString(
                folder.resolve("client.properties"),
                "security.protocol=SASL_PLAINTEXT\nsasl.mechanism=PLAIN\nsasl.jaas.config=" + login("babble", "")
                        + "\n");
        return new String[] {"kafka-config", file.toString(), "kafka.bootstrap.servers", "127.0.0.1:" + guarded};
    }

    private static String login(String user, String users) {
        return "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"" + user
                + "\" password=\"secret\" " + users + ";";
    }

    private static List<AclBinding> rights() {
        List<AclBinding> rights = new ArrayList<>();
        rights.add(right(ResourceType.GROUP, "rights", AclOperation.READ));
        for (String input : List.of("rights.text", "rights.prompts")) {
            rights.add(right(ResourceType.TOPIC, input, AclOperation.READ));
        }
        for (String output : List.of("rights.samples", "rights.reports", "rights.dead-letters")) {
            rights.add(right(ResourceType.TOPIC, output, AclOperation.WRITE));
            rights.add(right(ResourceType.TOPIC, output, AclOperation.DESCRIBE));
        }
        return rights;
    }

    private static AclBinding right(ResourceType type, String name, AclOperation operation) {
        return new AclBinding(
                new ResourcePattern(type, name, PatternType.LITERAL),
                new AccessControlEntry("User:babble", "*", operation, AclPermissionType.ALLOW));
    }
}

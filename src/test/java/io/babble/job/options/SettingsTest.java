package io.babble.job.options;

import static io.babble.job.TestSettings.small;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.babble.model.Shape;
import io.babble.model.Training.Optimizer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {

    @Test
    void theDefaultsAreValid() {
        Settings settings = Settings.of(Map.of());

        assertThat(Options.ALL)
                .allSatisfy(option -> assertThat(settings.get(option)).isEqualTo(option.defaultValue()));
        assertThat(settings.toMap()).isEmpty();
    }

    @Test
    void everyDefaultMayBeWrittenOut() {
        for (Option<?> option : Options.ALL) {
            String value = option.defaultValue() instanceof Duration time
                    ? time.toMillis() + " ms"
                    : option.defaultValue().toString();
            assertThat(Settings.of(Map.of(option.key(), value)).get(option)).isEqualTo(option.defaultValue());
        }
    }

    @Test
    void valuesAreReadAsTheirTypes() {
        Settings settings =
                small("linger", "250 ms", "optimizer", "rmsprop", "delivery", "exactly-once", "deterministic", "true");

        assertThat(settings.get(Options.LINGER)).isEqualTo(Duration.ofMillis(250));
        assertThat(settings.training().optimizer()).isEqualTo(Optimizer.RMSPROP);
        assertThat(settings.get(Options.DELIVERY)).isEqualTo(DeliveryGuarantee.EXACTLY_ONCE);
        assertThat(settings.get(Options.DETERMINISTIC)).isTrue();
    }

    @Test
    void everythingThatIsWrongIsInOneMessage() {
        assertThatThrownBy(() -> small(
                        "lingr", "1 s", "window.lanes", "0", "dropout", "1", "linger", "soon", "no.such.option", "x"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("babble.lingr is no option of Babble")
                .hasMessageContaining("babble.no.such.option is no option of Babble")
                .hasMessageContaining("babble.window.lanes must be 1 to 4096, not 0")
                .hasMessageContaining("babble.dropout must be 0 or more and below 1, not 1")
                .hasMessageContaining("babble.linger must be 1 ms to 36500 d, not soon");
    }

    @ParameterizedTest
    @CsvSource({
        "name, a/b",
        "name, ''",
        "topics.text, två",
        "delivery, none",
        "delivery, sometimes",
        "text.max-bytes, 0",
        "text.max-bytes, 1 MiB",
        "streams.max, many",
        "streams.idle-timeout, 0 s",
        "streams.idle-timeout, 9223372036854775807 s",
        "linger, 999 us",
        "window.steps, 4097",
        "window.lanes, 2.5",
        "deterministic, maybe",
        "backend, abacus",
        "threads, -1",
        "model.hidden, 0",
        "model.layers, 17",
        "model.seed, one",
        "alphabet, runes",
        "alphabet.capacity, 511",
        "alphabet.capacity, 65536",
        "optimizer, luck",
        "optimizer.beta1, 1",
        "optimizer.beta2, NaN",
        "learning-rate, Infinity",
        "learning-rate, -1",
        "clip, hair",
        "clip.at, -0.1",
        "samples.length, 100001",
        "samples.length, 0",
        "samples.length, long",
        "samples.temperature, 11",
        "prompts.max-waiting, 0"
    })
    void anImpossibleValueIsNamedOnceWithWhatIsAllowed(String key, String value) {
        assertThatThrownBy(() -> small(key, value))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .matches(Pattern.quote("babble." + key) + " must be [^;]+, not " + Pattern.quote(value));
    }

    @Test
    void aModelOfMoreWeightsThanAnArrayHoldsIsRefused() {
        for (String backend : List.of("auto", "nd4j")) {
            assertThatThrownBy(() -> small("model.hidden", "16384", "model.embedding", "16384", "backend", backend))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("babble.model.hidden")
                    .hasMessageContaining("4039360769 weights");
        }
    }

    @Test
    void aModelWhoseWeightsDoNotFitIntoNativeMemoryIsRefused() {
        String[] large = {"model.hidden", "2048", "model.layers", "3", "memory.native", "200 mb"};
        long bytes = 4L * new Shape(257, 4, 2048, 3).parameters();

        assertThatThrownBy(() -> small(large))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("babble.model.hidden")
                .hasMessageContaining("babble.memory.native")
                .hasMessageContaining(bytes + " bytes")
                .hasMessageContaining("209715200 are allowed");
        assertThat(small("model.hidden", "2048", "model.layers", "3", "memory.native", "200 mb", "backend", "nd4j")
                        .get(Options.HIDDEN))
                .as("ND4J's memory has no limit")
                .isEqualTo(2048);
        assertThat(small("model.hidden", "2048", "model.layers", "3", "memory.native", (bytes >> 20) + 1 + " mb")
                        .get(Options.HIDDEN))
                .isEqualTo(2048);
    }

    @ParameterizedTest
    @CsvSource({"dead-letters, babble.text", "samples, babble.prompts", "text, babble.prompts"})
    void topicsThatCoincideAreRefused(String topic, String name) {
        assertThatThrownBy(() -> small("topics." + topic, name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must differ")
                .hasMessageContaining(name + " twice");
    }

    @Test
    void outputsMayShareATopic() {
        assertThat(small("topics.reports", "all", "topics.samples", "all")
                        .topics()
                        .reports())
                .isEqualTo("all");
    }

    @Test
    void moreLearnersThanOneAreRefusedWithTheReason() {
        assertThatThrownBy(() -> small("learners", "2"))
                .hasMessageContaining("babble.learners")
                .hasMessageContaining("not built yet");
    }

    @ParameterizedTest
    @ValueSource(strings = {"parallelism.default", "kafka.bootstrap.servers", "babbler.x"})
    void optionsOfOthersAreLeftAlone(String key) {
        assertThat(Settings.of(Map.of(key, "x")).toMap()).isEmpty();
    }

    @Test
    void kafkaSettingsPassThroughAsTheyAre() {
        assertThat(small("kafka.bootstrap.servers", "k:1", "kafka.security.protocol", "SSL")
                        .kafka())
                .containsOnly(Map.entry("bootstrap.servers", "k:1"), Map.entry("security.protocol", "SSL"));
        assertThat(small().kafka()).containsOnly(Map.entry("bootstrap.servers", "127.0.0.1:9092"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"sasl.jaas.config", "ssl.keystore.key", "ssl.key.password", "my.plugin.token"})
    void aSecretIsRefusedAndNotShown(String setting) {
        assertThatThrownBy(() -> small("kafka." + setting, "hunter2"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("babble.kafka." + setting + " may be a secret")
                .hasMessageContaining("babble.kafka-config")
                .message()
                .doesNotContain("hunter2");
        assertThat(small("kafka." + setting, "${env:PASSWORD}").kafka()).containsEntry(setting, "${env:PASSWORD}");
    }

    @Test
    void travelsToTheOperators() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(small("linger", "3 s", "kafka.bootstrap.servers", "k:1"));
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            Settings read = (Settings) in.readObject();

            assertThat(read.toMap())
                    .isEqualTo(small("linger", "3 s", "kafka.bootstrap.servers", "k:1")
                            .toMap());
            assertThat(read.get(Options.LINGER)).isEqualTo(Duration.ofSeconds(3));
        }
    }
}

package io.babble.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.babble.client.KafkaClients;
import io.babble.client.TopicSetup;
import io.babble.job.options.Options;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the broker refuses for good ends the job, and says what to do. */
class RefusedIT {
    /** Kafka's clients are patient for minutes. */
    private static final String[] IMPATIENT = {
        "kafka.request.timeout.ms", "2000",
        "kafka.delivery.timeout.ms", "3000",
        "kafka.max.block.ms", "3000",
        "kafka.partition.discovery.interval.ms", "1000"
    };

    private static final byte[] TEXT = "It was the best of times, it was the worst of times.".getBytes(UTF_8);
    private static final byte[] NO_TEXT = {(byte) 0xFF};

    @TempDir
    static Path folder;

    private static Stage stage;

    @BeforeAll
    static void start() {
        stage = new Stage(
                folder, new Configuration().set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofSeconds(1)));
    }

    @AfterAll
    static void stop() {
        stage.close();
    }

    /** As the job would send a record that the broker refuses at each restart again. */
    @ParameterizedTest
    @CsvSource({
        "reports, at-least-once",
        "samples, at-least-once",
        "dead-letters, at-least-once",
        "reports, exactly-once"
    })
    void aTopicThatTakesShorterRecordsThanBeforeEndsTheJob(String output, String delivery) throws Exception {
        String name = "short-" + output + "-" + delivery;
        try (Service service = stage.service(name, 1, "delivery", delivery).started()) {
            makeOutput(service);
            service.awaitLearned(TEXT.length + NO_TEXT.length);
            service.limitRecords(name + "." + output, 120);
            service.await("the end of the job", () -> {
                makeOutput(service);
                return service.status() == JobStatus.FAILED;
            });

            assertThat(service.failure().orElseThrow())
                    .startsWith("Topic " + name + "." + output + " takes records of up to 120 bytes, and one has ")
                    .contains("raise its max.message.bytes");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"text", "samples"})
    void aTopicThatIsDeletedEndsTheJob(String deleted) throws Exception {
        String name = "deleted-" + deleted;
        try (Service service = stage.service(name, 1, IMPATIENT).started()) {
            makeOutput(service);
            service.awaitLearned(TEXT.length + NO_TEXT.length);
            service.deleteTopic(name + "." + deleted);
            service.ask("more", "{\"id\": \"more\", \"prompt\": \"It \", \"length\": 20}");
            service.await("the end of the job", () -> service.status() == JobStatus.FAILED);

            assertThat(service.failure().orElseThrow())
                    .startsWith("Topic " + name + "." + deleted + " does not exist (any more): create it");
        }
    }

    @Test
    void aLimitOfTextThatItsTopicDoesNotReachIsAWarning() throws Exception {
        try (Service service = stage.service("warned", 1);
                LoggedLines log = LoggedLines.of(TopicSetup.class.getName())) {
            KafkaClients clients = new KafkaClients(service.settings().kafka());
            String text = service.topics().text();
            int kafkasDefault = 1_048_588;
            service.limitRecords(text, kafkasDefault);
            TopicSetup.warnIfShorter(clients, text, Options.TEXT_MAX_BYTES.defaultValue());
            assertThat(log.lines()).isEmpty();

            TopicSetup.warnIfShorter(clients, text, kafkasDefault + 1);
            assertThat(log.lines())
                    .singleElement()
                    .asString()
                    .contains("Topic warned.text takes", "1048588 bytes", "1048589 (babble.text.max-bytes)");
        }
    }

    /** Something for each topic that the job writes. */
    private static void makeOutput(Service service) {
        service.publish("stream", TEXT);
        service.publish(null, NO_TEXT);
        service.ask("id", "{\"id\": \"id\", \"prompt\": \"It \", \"length\": 20}");
    }
}

package io.babble.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.babble.CreatedTopics;
import io.babble.ReadTopic;
import io.babble.embedded.EmbeddedKafka;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's program in Python, as it is there. */
@Tag("python")
class PythonClientIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    @Test
    void readsItsTextPastForeignRecordsAndUnknownFields() throws Exception {
        assumeThat(exitCode(python("-c", "import kafka; assert kafka.__version__ >= '2.1'")))
                .as("kafka-python")
                .isZero();
        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0)) {
            CreatedTopics.byDefault(kafka.bootstrapServers(), 1);
            Properties settings = new Properties();
            settings.setProperty("bootstrap.servers", kafka.bootstrapServers());
            KafkaClients clients = new KafkaClients(settings);
            Path program = Files.writeString(
                    folder.resolve("program.py"), program().replace("127.0.0.1:9092", kafka.bootstrapServers()));
            Path out = folder.resolve("out");
            Process python =
                    python(program.toString()).redirectOutput(out.toFile()).start();
            try (ReadTopic<String> prompts = new ReadTopic<>(
                    kafka.bootstrapServers(), "babble.prompts", record -> new String(record.value(), UTF_8))) {
                Awaitility.await("the prompt")
                        .atMost(TIMEOUT)
                        .until(() -> !prompts.all().isEmpty() || !python.isAlive());
                for (String value : Arrays.asList(
                        "hello",
                        null,
                        "7",
                        "{}",
                        piece(0, "or ", false),
                        piece(3, "not ", false),
                        "{\"id\":\"a1\"}",
                        piece(7, "to be", true))) {
                    clients.send(new ProducerRecord<>(
                            "babble.samples", "a1".getBytes(UTF_8), value == null ? null : value.getBytes(UTF_8)));
                }
                assertThat(python.waitFor(TIMEOUT.toSeconds(), TimeUnit.SECONDS))
                        .as(Files.readString(out))
                        .isTrue();
            } finally {
                python.destroyForcibly();
            }
            assertThat(out).hasContent("or not to be\n");
        }
    }

    private static String piece(long offset, String text, boolean done) {
        return "{\"id\":\"a1\",\"offset\":%d,\"text\":\"%s\",\"done\":%b,\"attempt\":\"9d\",\"later\":[1]}"
                .formatted(offset, text, done);
    }

    /** The indented lines that follow the sentence about Python. */
    private static String program() throws IOException {
        return Files.readAllLines(Path.of("README.md")).stream()
                .dropWhile(line -> !line.startsWith("With Python"))
                .skip(2)
                .takeWhile(line -> line.startsWith("    "))
                .map(line -> line.substring(4))
                .collect(Collectors.joining("\n"));
    }

    private static ProcessBuilder python(String... arguments) {
        ProcessBuilder builder = new ProcessBuilder("python3");
        builder.command().addAll(Arrays.asList(arguments));
        return builder.redirectErrorStream(true);
    }

    private static int exitCode(ProcessBuilder command) throws InterruptedException {
        try {
            return command.start().waitFor();
        } catch (IOException e) {
            return -1; // there is no Python
        }
    }
}

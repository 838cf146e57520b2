package io.babble.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.babble.CreatedTopics;
import io.babble.JavaProcess;
import io.babble.embedded.EmbeddedKafka;
import io.babble.job.BabbleJob;
import io.babble.records.Origin;
import io.babble.records.Prompt;
import io.babble.records.PromptReading;
import io.babble.records.Sample;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandLineIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    @TempDir
    static Path folder;

    private static EmbeddedKafka kafka;
    private static KafkaProducer<byte[], byte[]> producer;

    @BeforeAll
    static void start() {
        kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0);
        CreatedTopics.byDefault(kafka.bootstrapServers(), 3);
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    @AfterAll
    static void stop() {
        producer.close();
        kafka.close();
    }

    @Test
    void publishesTheTextInOrderAsSeveralStreams() throws IOException {
        String topic = topic("streams", 3);
        Path one = Files.writeString(folder.resolve("one.txt"), "Fünf Äpfel — 五个苹果. ".repeat(100));
        Path two = Files.writeString(folder.resolve("two.txt"), "𝄞♪ und kein Ende ".repeat(33));
        CommandResult result = CommandResult.babble(
                on(topic, "publish", one + "", two + "", "--streams", "7", "--record-bytes", "13", "--end"));

        assertThat(result.err()).isEmpty();
        assertThat(result.exitCode()).isZero();
        long size = Files.size(one) + Files.size(two);
        assertThat(result.out())
                .startsWith(String.format(Locale.ROOT, "published %,d bytes  records ", size))
                .contains("streams 7  topic " + topic);

        Map<String, List<byte[]>> streams = streams(topic, result);
        assertThat(streams.keySet())
                .containsExactlyInAnyOrder(
                        "one.txt-1", "one.txt-2", "one.txt-3", "one.txt-4", "one.txt-5", "one.txt-6", "one.txt-7");
        StringBuilder text = new StringBuilder();
        for (int i = 1; i <= 7; i++) {
            List<byte[]> records = streams.get("one.txt-" + i);
            assertThat(records.get(records.size() - 1)).as("the end").isNull();
            byte[] stream = joined(records.subList(0, records.size() - 1));
            assertThat((double) stream.length).isBetween(size / 7.0 - 5, size / 7.0 + 5);
            text.append(new String(stream, UTF_8));
        }
        assertThat(text).hasToString(Files.readString(one) + Files.readString(two));
    }

    @Test
    void publishesStandardInputAtTheGivenRate() throws IOException {
        String topic = topic("stdin", 1);
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream("x".repeat(1_000).getBytes(UTF_8)));
        long began = System.nanoTime();
        CommandResult result;
        try {
            result = CommandResult.babble(on(topic, "publish", "-", "--key", "typed", "--rate", "2000"));
        } finally {
            System.setIn(before);
        }
        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofMillis(450));
        assertThat(joined(streams(topic, result).get("typed"))).hasSize(1_000);
    }

    @Test
    void errorsNameATopicThatDoesNotExist() {
        for (String command : List.of("publish pom.xml", "read", "prompt x")) {
            CommandResult result = CommandResult.babble(on("nothing", command.split(" ", -1)));
            assertThat(result.exitCode()).isEqualTo(1);
            assertThat(result.err().strip())
                    .isEqualTo("babble " + command.split(" ", -1)[0] + ": Topic nothing does not exist at "
                            + kafka.bootstrapServers() + ": create it, or choose another topic (see --help)");
        }
    }

    @Test
    void theJobsEntryPointNamesAllTopicsThatDoNotExist() {
        String[] options = {
            "babble.kafka.bootstrap.servers=" + kafka.bootstrapServers(),
            "babble.topics.text=nothing",
            "-Dbabble.topics.reports=nowhere"
        };
        assertThatThrownBy(() -> BabbleJob.main(options))
                .hasMessage("Missing topics: nothing, nowhere: create them with babble topics --create");
        assertThatThrownBy(() -> BabbleJob.main(new String[] {options[0], "hunter2"}))
                .hasMessage("Argument 2 is not key=value");
        assertThatThrownBy(() -> BabbleJob.main(new String[] {options[0], "topics.text=nothing"}))
                .hasMessage("topics.text is no option of Babble: use babble.topics.text");
        assertThatThrownBy(() -> BabbleJob.main(new String[] {"-Dkafka.bootstrap.servers=127.0.0.1:1"}))
                .hasMessage("kafka.bootstrap.servers is no option of Babble: use babble.kafka.bootstrap.servers");
        assertThatThrownBy(() -> BabbleJob.main(new String[] {"parallelism.default=2"}))
                .hasMessage(
                        "Argument 1 is no option of Babble, whose keys begin with babble.: put options of Flink before"
                                + " the jar, as -Dkey=value");
    }

    @Test
    void topicsAreCreatedOnceAndListed() {
        String[] topics = {
            "topics",
            "--bootstrap-servers",
            kafka.bootstrapServers(),
            "-Dbabble.topics.text=listed.text",
            "-Dbabble.topics.prompts=listed.prompts"
        };
        CommandResult missing = CommandResult.babble(topics);
        assertThat(missing.exitCode()).isEqualTo(1);
        assertThat(missing.out().lines())
                .containsExactly(
                        "listed.text  missing",
                        "listed.prompts  missing",
                        "babble.samples  exists, partitions: 1",
                        "babble.reports  exists, partitions: 1",
                        "babble.dead-letters  exists, partitions: 1");
        assertThat(missing.err().strip())
                .isEqualTo("babble topics: Missing topics: listed.text, listed.prompts: create them with babble topics"
                        + " --create");

        CommandResult created =
                CommandResult.babble(with(topics, "--create", "--partitions", "4", "--retention", "30 d"));
        assertThat(created.exitCode()).as(created.err()).isZero();
        assertThat(created.out().lines())
                .startsWith("listed.text  created, partitions: 4", "listed.prompts  created, partitions: 4");
        assertThat(retention("listed.text")).isEqualTo(Duration.ofDays(30));

        CommandResult again = CommandResult.babble(with(topics, "--create", "--partitions", "2"));
        assertThat(again.exitCode()).as(again.err()).isZero();
        assertThat(again.out().lines())
                .startsWith("listed.text  exists, partitions: 4", "listed.prompts  exists, partitions: 4");
        assertThat(CommandResult.babble(topics).exitCode()).isZero();
    }

    private static Duration retention(String topic) {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            return Duration.ofMillis(Long.parseLong(admin.describeConfigs(List.of(resource))
                    .all()
                    .get()
                    .get(resource)
                    .get("retention.ms")
                    .value()));
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void clientsTakeTopicsAndBrokerFromAFile() throws IOException {
        Path file = Files.writeString(
                folder.resolve("babble.yaml"),
                String.format(
                        """
                        babble:
                          kafka.bootstrap.servers: %s
                          topics: {text: renamed.text, samples: renamed.samples, prompts: renamed.prompts}
                        """,
                        kafka.bootstrapServers()));
        Map<String, String> topics =
                Map.of("publish pom.xml", "renamed.text", "read", "renamed.samples", "prompt x", "renamed.prompts");
        topics.forEach((command, topic) -> {
            CommandResult result = CommandResult.babble((command + " --config " + file).split(" ", -1));
            assertThat(result.exitCode()).isEqualTo(1);
            assertThat(result.err())
                    .contains("Topic " + topic + " does not exist at " + kafka.bootstrapServers() + ":");
        });
    }

    @Test
    void readPrintsConcurrentTextsOneAfterTheOther() {
        String topic = topic("read", 1);
        write(topic, piece("a", 0, "one", false));
        write(topic, piece("b", 0, "two", true));
        write(topic, "c", "no sample".getBytes(UTF_8));
        write(topic, piece("a", 0, "one,", true));
        CommandResult result =
                CommandResult.babble(on(topic, "read", "--from-beginning", "--count", "2", "--prompts-only"));
        assertThat(result.err()).isEmpty();
        assertThat(result.exitCode()).isZero();
        assertThat(result.out())
                .isEqualTo(
                        """
                        ── a  version 7  2.50 bits/byte
                        To be one,

                        ── b  version 7  2.50 bits/byte
                        To be two

                        """);
    }

    @Test
    void promptPrintsTheAnswerAndDropsRepeatedPieces() throws Exception {
        CompletableFuture<CommandResult> asked = ask("answered", "--seed", "9", "--stop", ".", "--top-k", "3");
        Prompt prompt = nextPrompt("answered");
        assertThat(prompt).isEqualTo(new Prompt(prompt.id(), "To be ", 400, 0.8, 3, 1, 9, ".", Origin.PROMPT));
        write("answered.samples", piece(prompt.id(), 0, "or ", false));
        write("answered.samples", piece("of another prompt", 6, "after", false));
        write("answered.samples", piece(prompt.id(), 3, "not", false));
        write("answered.samples", piece(prompt.id(), 0, "or ", false));
        write("answered.samples", piece(prompt.id(), 3, "not to", false));
        write("answered.samples", piece(prompt.id(), 9, " be.", true));

        CommandResult result = asked.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        assertThat(result.err()).isEmpty();
        assertThat(result.out()).isEqualTo("To be or not to be.\n");
        assertThat(result.exitCode()).isZero();
    }

    @Test
    void promptFailsWithTheReasonOfARefusal() throws Exception {
        CompletableFuture<CommandResult> asked = ask("refused");
        write("refused.samples", Sample.refusal(nextPrompt("refused").id(), "busy: ask again later", 7, "5f", 0));
        CommandResult result = asked.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err().strip())
                .isEqualTo("babble prompt: The text ended with an error: busy: ask again later");
    }

    @Test
    void promptFailsWithoutAnAnswerAfterTheTimeout() throws Exception {
        CompletableFuture<CommandResult> asked = ask("silent", "--timeout", "1");
        nextPrompt("silent");
        CommandResult result = asked.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err().strip())
                .isEqualTo("babble prompt: No text arrived for 1 s: check that a job runs on these topics, or raise"
                        + " --timeout");
    }

    /** Ctrl-C sends another signal, which a process in the background ignores. */
    @Test
    void promptCancelsItsPromptWhenItIsStopped() throws Exception {
        String topic = topic("stopped.prompts", 1);
        topic("stopped.samples", 1);
        List<String> call = new ArrayList<>(List.of(Babble.class.getName()));
        Collections.addAll(call, on(topic, "prompt", "To be ", "--samples-topic", "stopped.samples"));
        try (JavaProcess asks = JavaProcess.start(folder.resolve("asks"), JavaProcess.classPath(), List.of(), call)) {
            Prompt prompt = nextPrompt("stopped");
            asks.terminate();
            asks.exitCode();

            ConsumerRecord<byte[], byte[]> second = records(topic, 2).get(1);
            assertThat(PromptReading.of(second.key(), second.value()))
                    .isEqualTo(new PromptReading.Cancelled(prompt.id()));
        }
    }

    private static CompletableFuture<CommandResult> ask(String name, String... args) {
        topic(name + ".prompts", 1);
        topic(name + ".samples", 1);
        String[] all = Stream.concat(
                        Stream.of("prompt", "To be ", "--samples-topic", name + ".samples"), Arrays.stream(args))
                .toArray(String[]::new);
        return CompletableFuture.supplyAsync(() -> CommandResult.babble(on(name + ".prompts", all)));
    }

    private static Prompt nextPrompt(String name) {
        ConsumerRecord<byte[], byte[]> record = records(name + ".prompts", 1).get(0);
        PromptReading reading = PromptReading.of(record.key(), record.value());
        assertThat(reading).isInstanceOf(PromptReading.Accepted.class);
        return ((PromptReading.Accepted) reading).prompt();
    }

    private static Sample piece(String id, long offset, String text, boolean done) {
        String prompt = offset == 0 ? "To be " : null;
        return new Sample(id, offset, offset, text, done, Origin.PROMPT, prompt, 7, 2.5, 0.8, 1, null, null, 0);
    }

    private static void write(String topic, Sample piece) {
        write(topic, piece.id(), piece.toJson());
    }

    private static void write(String topic, String key, byte[] value) {
        try {
            producer.send(new ProducerRecord<>(topic, key.getBytes(UTF_8), value))
                    .get();
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    private static String topic(String name, int partitions) {
        CreatedTopics.one(kafka.bootstrapServers(), name, partitions);
        return name;
    }

    private static String[] on(String topic, String... call) {
        return with(call, "--topic", topic, "--bootstrap-servers", kafka.bootstrapServers());
    }

    private static String[] with(String[] call, String... more) {
        return Stream.concat(Arrays.stream(call), Arrays.stream(more)).toArray(String[]::new);
    }

    private static Map<String, List<byte[]>> streams(String topic, CommandResult published) {
        Matcher count = Pattern.compile("records (\\d+)").matcher(published.out());
        assertThat(count.find()).isTrue();
        Map<String, List<byte[]>> streams = new LinkedHashMap<>();
        for (ConsumerRecord<byte[], byte[]> record : records(topic, Integer.parseInt(count.group(1)))) {
            streams.computeIfAbsent(new String(record.key(), UTF_8), key -> new ArrayList<>())
                    .add(record.value());
        }
        return streams;
    }

    /** The topic's records from its beginning, when there are as many as expected. */
    private static List<ConsumerRecord<byte[], byte[]>> records(String topic, int count) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(partition -> new TopicPartition(topic, partition.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Awaitility.await().atMost(TIMEOUT).until(() -> {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
                return records.size() >= count;
            });
        }
        assertThat(records).hasSize(count);
        return records;
    }

    private static byte[] joined(List<byte[]> records) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        records.forEach(all::writeBytes);
        return all.toByteArray();
    }
}

package io.babble.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.babble.embedded.EmbeddedKafka;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A broker that takes only clients with TLS, a key and a password. */
class SecretsIT {
    private static final String PASSWORD = "hunter2-of-babble";
    private static final String KEYSTORE_PASSWORD = "hunter2-of-the-broker";
    private static final String LOGIN =
            "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"babble\" password=\"%s\";";

    private static final Pattern WEB_UI = Pattern.compile("Flink +(http\\S+)");
    private static final Pattern STOPPED = Pattern.compile("Stopped with savepoint (\\S+)");

    @TempDir
    static Path folder;

    private static EmbeddedKafka kafka;
    private static Path certificate;
    private static String key;

    @BeforeAll
    static void start() throws Exception {
        Path keys = folder.resolve("broker.p12");
        createKey(keys);
        kafka = EmbeddedKafka.start(
                folder.resolve("kafka"),
                0,
                Map.of(
                        // EmbeddedKafka names its listener PLAINTEXT.
                        "listener.security.protocol.map",
                        "PLAINTEXT:SASL_SSL,CONTROLLER:PLAINTEXT",
                        "sasl.enabled.mechanisms",
                        "PLAIN",
                        "sasl.mechanism.inter.broker.protocol",
                        "PLAIN",
                        "listener.name.plaintext.plain.sasl.jaas.config",
                        LOGIN.formatted(PASSWORD).replace(";", " user_babble=\"" + PASSWORD + "\";"),
                        "ssl.client.auth",
                        "required",
                        "ssl.keystore.location",
                        keys.toString(),
                        "ssl.keystore.password",
                        KEYSTORE_PASSWORD,
                        "ssl.truststore.location",
                        keys.toString(),
                        "ssl.truststore.password",
                        KEYSTORE_PASSWORD));
    }

    @AfterAll
    static void stop() {
        kafka.close();
    }

    @Test
    void aJobAndItsClientsLogInAndShowNoSecret() throws Exception {
        String inEnvironment = file("job.properties", LOGIN.formatted("${env:KAFKA_PASSWORD}"));
        BabbleProcess job = new BabbleProcess(
                folder.resolve("run/out"), "1g", Map.of("KAFKA_PASSWORD", PASSWORD), run(inEnvironment));
        try {
            job.awaitOutput("Starting with an untrained model.");
            String inFile = file("client.properties", LOGIN.formatted(PASSWORD));
            assertSuccess(babble("publish README.md", inFile));
            Path secret = Files.createDirectories(folder.resolve("secret"));
            Files.writeString(secret.resolve("password"), PASSWORD);
            String inFolder = file("mounted.properties", LOGIN.formatted("${directory:" + secret + ":password}"));
            assertThat(assertSuccess(babble("prompt x --length 5", inFolder)).out())
                    .startsWith("x");
            assertNoSecret(webUi(job.find(WEB_UI).group(1)));
        } finally {
            job.terminate();
        }
        assertThat(job.exitCode()).as(job.outAndErr()).isZero();
        assertNoSecret(
                assertSuccess(CommandResult.babble("inspect", job.find(STOPPED).group(1)))
                        .out());
        try (Stream<Path> written = Files.walk(folder.resolve("run"))) {
            List<Path> files = written.filter(Files::isRegularFile).toList();
            assertThat(files)
                    .extracting(file -> file.getFileName().toString())
                    .contains("out.out", "out.err", "_metadata");
            assertThat(folder.resolve("run/log")).content().contains("sasl.jaas.config = [hidden]");
            files.forEach(file -> assertNoSecret(read(file)));
        }
    }

    @Test
    void errorsNameTheSettingsThatAreWrong() throws IOException {
        CommandResult plain = CommandResult.babble(
                "read",
                "--bootstrap-servers",
                kafka.bootstrapServers(),
                "-Dbabble.kafka.default.api.timeout.ms=2000",
                "-Dbabble.kafka.request.timeout.ms=1000");
        assertFailure(plain, "No Kafka broker answers at", "security.protocol", "babble.kafka-config");

        String login = file("wrong.properties", LOGIN.formatted("hunter2-wrong"));
        assertFailure(babble("read", login), "refused the login", "sasl.jaas.config", "babble.kafka-config");

        Path others = Path.of(System.getProperty("java.home"), "lib", "security", "cacerts");
        String trust = file(
                "untrusted.properties",
                LOGIN.formatted(PASSWORD),
                "ssl.truststore.type=JKS",
                "ssl.truststore.location=" + others);
        assertFailure(babble("read", trust), "No TLS connection", "ssl.*", "babble.kafka-config");

        String incomplete = file("incomplete.properties", "nonsense");
        assertFailure(babble("read", incomplete), "Kafka's clients refuse their settings", "babble.kafka-config");
    }

    private static List<String> run(String file) {
        List<String> command = new ArrayList<>(List.of("run", "--create-topics", "-Dbabble.kafka-config=" + file));
        command.addAll(List.of("--data", folder.resolve("run/data").toString()));
        command.addAll(List.of("--web-port", "0", "--metrics-port", "0"));
        command.addAll(List.of("-Dbabble.log.level=INFO", "-Dbabble.log.file=" + folder.resolve("run/log")));
        command.addAll(BabbleProcess.SMALL_AND_QUICK);
        return command;
    }

    private static CommandResult babble(String call, String file) {
        return CommandResult.babble((call + " -Dbabble.kafka-config=" + file).split(" ", -1));
    }

    private static CommandResult assertSuccess(CommandResult result) {
        assertThat(result.exitCode()).as(result.err()).isZero();
        return result;
    }

    private static void assertFailure(CommandResult result, String... message) {
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err().lines()).hasSize(1);
        assertThat(result.err()).contains(message).doesNotContain("hunter2");
        assertNoSecret(result.err());
    }

    private static void assertNoSecret(String text) {
        assertThat(text).doesNotContain(PASSWORD, KEYSTORE_PASSWORD, key);
    }

    /** A file as Kafka's own tools take it; later lines override earlier ones. */
    private static String file(String name, String login, String... more) throws IOException {
        List<String> lines = new ArrayList<>(List.of(
                "bootstrap.servers=" + kafka.bootstrapServers(),
                "security.protocol=SASL_SSL",
                "sasl.mechanism=PLAIN",
                "sasl.jaas.config=" + login,
                "ssl.truststore.type=PEM",
                "ssl.truststore.location=" + certificate,
                "ssl.keystore.type=PEM",
                "ssl.keystore.certificate.chain="
                        + Files.readString(certificate).replace("\n", " "),
                "ssl.keystore.key=-----BEGIN PRIVATE KEY----- " + key + " -----END PRIVATE KEY-----"));
        lines.addAll(List.of(more));
        return Files.write(folder.resolve(name), lines).toString();
    }

    /** A key of the broker, which clients use, too. */
    private static void createKey(Path keys) throws Exception {
        String call = "-genkeypair -alias broker -keyalg EC -dname CN=broker -ext san=ip:127.0.0.1 -storetype PKCS12"
                + " -keystore " + keys + " -storepass " + KEYSTORE_PASSWORD;
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(Arrays.asList(call.split(" ")));
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();

        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(keys)) {
            store.load(in, KEYSTORE_PASSWORD.toCharArray());
        }
        key = Base64.getEncoder()
                .encodeToString(
                        store.getKey("broker", KEYSTORE_PASSWORD.toCharArray()).getEncoded());
        String encoded = Base64.getMimeEncoder(64, "\n".getBytes(US_ASCII))
                .encodeToString(store.getCertificate("broker").getEncoded());
        certificate = Files.writeString(
                folder.resolve("broker.pem"),
                "-----BEGIN CERTIFICATE-----\n" + encoded + "\n-----END CERTIFICATE-----\n");
    }

    /** What Flink's web UI shows of configuration, job and TaskManager. */
    private static String webUi(String address) throws IOException {
        ObjectMapper json = new ObjectMapper();
        String job = "/jobs/"
                + json.readTree(page(address + "/jobs")).at("/jobs/0/id").asText();
        String taskManager = "/taskmanagers/"
                + json.readTree(page(address + "/taskmanagers"))
                        .at("/taskmanagers/0/id")
                        .asText();
        List<String> pages = new ArrayList<>(List.of("/config", "/overview"));
        for (String page : List.of("config", "environment", "logs", "thread-dump")) {
            pages.add("/jobmanager/" + page);
        }
        for (String page :
                List.of("", "/config", "/plan", "/jobmanager/config", "/exceptions", "/checkpoints/config")) {
            pages.add(job + page);
        }
        pages.addAll(List.of(taskManager, taskManager + "/thread-dump", taskManager + "/logs"));
        for (JsonNode task : json.readTree(page(address + job)).at("/vertices")) {
            pages.add(job + "/vertices/" + task.at("/id").asText());
        }
        StringBuilder all = new StringBuilder();
        for (String page : pages) {
            all.append(page(address + page)).append('\n');
        }
        assertThat(all).contains("execution.checkpointing.interval", "learn");
        return all.toString();
    }

    private static String page(String address) throws IOException {
        HttpURLConnection connection =
                (HttpURLConnection) URI.create(address).toURL().openConnection();
        assertThat(connection.getResponseCode()).as(address).isEqualTo(200);
        try (InputStream in = connection.getInputStream()) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }

    private static String read(Path file) {
        try {
            return new String(Files.readAllBytes(file), ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

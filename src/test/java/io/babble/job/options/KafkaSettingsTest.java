package io.babble.job.options;

import static io.babble.job.TestSettings.small;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KafkaSettingsTest {
    private static final String LOGIN =
            "org.apache.kafka.common.security.plain.PlainLoginModule required password=\"%s\";";

    @TempDir
    Path folder;

    @Test
    void optionsOverrideTheFile() throws IOException {
        String file = file("bootstrap.servers=k:1", "security.protocol=SSL", "max.request.size = 2000");
        assertThat(small("kafka-config", file, "kafka.security.protocol", "SASL_SSL")
                        .kafka())
                .containsOnly(
                        entry("bootstrap.servers", "k:1"),
                        entry("security.protocol", "SASL_SSL"),
                        entry("max.request.size", "2000"));
    }

    @Test
    void kafkaReadsTheSecretsOfTheFileWhereAClientIsCreated() throws IOException {
        String file = file(
                "bootstrap.servers=127.0.0.1:1",
                "sasl.jaas.config=" + LOGIN.formatted("=hunter2: #}"),
                "ssl.keystore.key=-----BEGIN\\n\\",
                "  hunter2");
        Properties kafka = small("kafka-config", file).kafka();

        assertThat(kafka.toString()).doesNotContain("hunter2");
        AdminClientConfig client = new AdminClientConfig(kafka);
        assertThat(client.getPassword("sasl.jaas.config").value()).isEqualTo(LOGIN.formatted("=hunter2: #}"));
        assertThat(client.getPassword("ssl.keystore.key").value()).isEqualTo("-----BEGIN\nhunter2");
        file("sasl.jaas.config=" + LOGIN.formatted("changed"));
        assertThat(new AdminClientConfig(kafka).getPassword("sasl.jaas.config").value())
                .contains("changed");
    }

    @Test
    void kafkaResolvesReferencesInTheFileAndInOptions() throws IOException {
        Files.writeString(folder.resolve("password"), "hunter2");
        String secret = "${directory:" + folder + ":password}";
        String file = file("bootstrap.servers=127.0.0.1:1", "sasl.jaas.config=" + LOGIN.formatted(secret));
        Properties kafka = small("kafka-config", file, "kafka.ssl.key.password", "${env:PATH}")
                .kafka();

        AdminClientConfig client = new AdminClientConfig(kafka);
        assertThat(client.getPassword("sasl.jaas.config").value()).isEqualTo(LOGIN.formatted("hunter2"));
        assertThat(client.getPassword("ssl.key.password").value()).isEqualTo(System.getenv("PATH"));
    }

    @Test
    void providersThatAreDeclaredStay() {
        Properties kafka = small(
                        "kafka.config.providers", "vault, env",
                        "kafka.config.providers.env.class", "my.Env",
                        "kafka.ssl.key.password", "${vault:a:b}")
                .kafka();
        assertThat(kafka.getProperty("config.providers").split(","))
                .containsExactlyInAnyOrder("vault", "env", "file", "directory");
        assertThat(kafka).containsEntry("config.providers.env.class", "my.Env");
    }

    @Test
    void aFileThatCannotBeReadIsRefused() throws IOException {
        for (String path : new String[] {folder.toString(), folder + "/nothing", file("a=b") + ":x"}) {
            assertThatThrownBy(() -> small("kafka-config", path))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("babble.kafka-config must be the path of a readable file")
                    .hasMessageContaining(path);
        }
        String broken = file("a=\\u12");
        assertThatThrownBy(() -> small("kafka-config", broken).kafka())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(broken);
    }

    private static Map.Entry<Object, Object> entry(String setting, String value) {
        return Map.entry(setting, value);
    }

    private String file(String... lines) throws IOException {
        return Files.writeString(folder.resolve("client.properties"), String.join("\n", lines))
                .toString();
    }
}

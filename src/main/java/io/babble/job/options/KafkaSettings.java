package io.babble.job.options;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigTransformer;
import org.apache.kafka.common.config.provider.DirectoryConfigProvider;
import org.apache.kafka.common.config.provider.EnvVarConfigProvider;
import org.apache.kafka.common.config.provider.FileConfigProvider;

/**
 * Settings of Kafka's clients without a secret in them, as they are part of the job, which Flink stores and sends to
 * its processes. A secret is a reference, as {@code ${env:NAME}}, which Kafka replaces by the value where a client is
 * created.
 */
final class KafkaSettings {
    private static final String FILE = "file";
    private static final Map<String, String> PROVIDERS = Map.of(
            FILE,
            FileConfigProvider.class.getName(),
            "directory",
            DirectoryConfigProvider.class.getName(),
            "env",
            EnvVarConfigProvider.class.getName());
    private static final List<ConfigDef> CLIENTS =
            List.of(ProducerConfig.configDef(), ConsumerConfig.configDef(), AdminClientConfig.configDef());

    private KafkaSettings() {}

    /** Whether a value is not to be seen: the setting may be a secret, and the value is no reference. */
    static boolean isSecret(String setting, String value) {
        return mayBeSecret(setting) && !hasReference(value);
    }

    /** What Kafka itself defines as a password, and of other settings those that Flink hides. */
    private static boolean mayBeSecret(String setting) {
        List<ConfigDef.Type> types = CLIENTS.stream()
                .map(client -> client.configKeys().get(setting))
                .filter(Objects::nonNull)
                .map(ConfigDef.ConfigKey::type)
                .toList();
        return types.isEmpty() ? GlobalConfiguration.isSensitive(setting) : types.contains(ConfigDef.Type.PASSWORD);
    }

    private static boolean hasReference(String value) {
        return ConfigTransformer.DEFAULT_PATTERN.matcher(value).find();
    }

    /**
     * The settings in a properties file, with references to its secrets.
     *
     * @throws IllegalStateException if it cannot be read
     */
    static Properties inFile(Path file) {
        Properties settings = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            settings.load(reader);
        } catch (IOException | IllegalArgumentException e) {
            throw new IllegalStateException(
                    "Cannot read " + file + ", which " + Options.KAFKA_CONFIG.key() + " names: " + e.getMessage(), e);
        }
        settings.replaceAll((setting, value) -> isSecret(setting.toString(), value.toString())
                ? "${" + FILE + ":" + file + ":" + setting + "}"
                : value);
        return settings;
    }

    /** Declares Kafka's own providers, beside those that are declared already, where there is a reference. */
    static void declareProviders(Properties settings) {
        if (settings.values().stream().noneMatch(value -> hasReference(value.toString()))) {
            return;
        }
        Set<String> names = new LinkedHashSet<>(PROVIDERS.keySet());
        String declared = settings.getProperty(AbstractConfig.CONFIG_PROVIDERS_CONFIG);
        if (declared != null) {
            names.addAll(List.of(declared.trim().split("\\s*,\\s*")));
        }
        settings.setProperty(AbstractConfig.CONFIG_PROVIDERS_CONFIG, String.join(",", names));
        PROVIDERS.forEach((name, provider) ->
                settings.putIfAbsent(AbstractConfig.CONFIG_PROVIDERS_CONFIG + "." + name + ".class", provider));
    }
}

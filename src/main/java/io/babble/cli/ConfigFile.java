package io.babble.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.flink.configuration.YamlParserUtils;

/** Reads options from a YAML file, flat ({@code babble.linger: 1 s}) or nested ({@code babble: {linger: 1 s}}). */
final class ConfigFile {
    private ConfigFile() {}

    /**
     * Returns the options by their full keys.
     *
     * @throws CommandFailed when the file is not readable or is not YAML
     */
    static Map<String, String> read(Path path) {
        if (!Files.isReadable(path)) {
            throw CommandFailed.invalidUsage("Cannot read " + path + ": choose another file with --config");
        }
        Map<String, String> options = new TreeMap<>();
        flatten("", content(path), options);
        return options;
    }

    private static Map<?, ?> content(Path path) {
        Object content;
        try {
            content = YamlParserUtils.convertToObject(Files.readString(path), Object.class);
        } catch (Exception e) {
            throw CommandFailed.invalidUsage(path + " is not a YAML file of options: " + e.getMessage());
        }
        if (content == null) {
            return Map.of();
        }
        if (content instanceof Map<?, ?> options) {
            return options;
        }
        throw CommandFailed.invalidUsage(path + " has no options: write lines of the form `key: value`");
    }

    private static void flatten(String prefix, Map<?, ?> nested, Map<String, String> options) {
        nested.forEach((name, value) -> {
            String key = prefix + name;
            if (value instanceof Map<?, ?> child) {
                flatten(key + ".", child, options);
            } else if (value instanceof List<?> list) {
                options.put(key, list.stream().map(String::valueOf).collect(Collectors.joining(";")));
            } else if (value != null) {
                options.put(key, value.toString());
            }
        });
    }
}

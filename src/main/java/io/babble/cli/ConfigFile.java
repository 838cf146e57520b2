package io.babble.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.flink.configuration.YamlParserUtils;

/** Options in a file of YAML, {@code babble.linger: 1 s} as well as {@code babble: {linger: 1 s}}. */
final class ConfigFile {
    private ConfigFile() {}

    /**
     * The options by their full keys.
     *
     * @throws CommandFailed when there is no such file, or it is no YAML
     */
    static Map<String, String> read(Path path) {
        if (!Files.isReadable(path)) {
            throw CommandFailed.wrongCall("Cannot read " + path + ": name another file with --config");
        }
        Map<String, String> options = new TreeMap<>();
        try {
            flatten("", YamlParserUtils.loadYamlFile(path.toFile()), options);
        } catch (Exception e) {
            throw CommandFailed.wrongCall(path + " is no YAML of options: " + e.getMessage());
        }
        return options;
    }

    private static void flatten(String prefix, Map<?, ?> nested, Map<String, String> options) {
        nested.forEach((name, value) -> {
            String key = prefix + name;
            if (value instanceof Map<?, ?> deeper) {
                flatten(key + ".", deeper, options);
            } else if (value instanceof List<?> list) {
                options.put(key, list.stream().map(String::valueOf).collect(Collectors.joining(";")));
            } else if (value != null) {
                options.put(key, value.toString());
            }
        });
    }
}

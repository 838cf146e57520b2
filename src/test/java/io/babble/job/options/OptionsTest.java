package io.babble.job.options;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.flink.configuration.description.HtmlFormatter;
import org.apache.flink.util.TimeUtils;
import org.junit.jupiter.api.Test;

class OptionsTest {
    @Test
    void allIsAll() throws IllegalAccessException {
        for (Field field : Options.class.getFields()) {
            if (field.getType() == Option.class) {
                assertThat(Options.ALL).contains((Option<?>) field.get(null));
            }
        }
    }

    @Test
    void theReadmesTableIsTheseOptions() throws IOException {
        String expected = Options.ALL.stream().map(OptionsTest::row).collect(Collectors.joining("\n"));
        List<String> written = Files.readAllLines(Path.of("README.md")).stream()
                .dropWhile(line -> !line.equals("## Options"))
                .takeWhile(line -> !line.equals("## Metrics"))
                .filter(line -> line.startsWith("| `"))
                .toList();
        assertThat(String.join("\n", written)).isEqualTo(expected);
    }

    private static String row(Option<?> option) {
        String meaning = new HtmlFormatter().format(option.config().description());
        return "| `" + option.key() + "` | " + value(option.defaultValue()) + " | " + option.allowed() + " | " + meaning
                + " |";
    }

    private static String value(Object value) {
        if (value instanceof Duration time) {
            return TimeUtils.formatWithHighestUnit(time);
        }
        return Arrays.stream(value.toString().split("_", -1))
                .map(part -> value instanceof Enum ? part.toLowerCase(Locale.ROOT) : part)
                .collect(Collectors.joining("_"));
    }
}

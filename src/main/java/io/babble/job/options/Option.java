package io.babble.job.options;

import java.util.function.Predicate;
import org.apache.flink.configuration.ConfigOption;

/**
 * One option of Babble.
 *
 * @param config key, type, default, and one sentence with the unit
 * @param isAllowed whether a value of that type is possible
 * @param allowed the possible values, in words
 */
public record Option<T>(ConfigOption<T> config, Predicate<T> isAllowed, String allowed) {
    public String key() {
        return config.key();
    }

    public T defaultValue() {
        return config.defaultValue();
    }
}

package io.babble.job;

import io.babble.job.options.Options;
import io.babble.job.options.Settings;
import java.util.HashMap;
import java.util.Map;

/** Settings of a model that is small enough for tests. */
public final class TestSettings {
    private TestSettings() {}

    /** {@code options}: key and value by turns, without the prefix. */
    public static Settings small(String... options) {
        Map<String, String> all = new HashMap<>(Map.of(
                "babble.model.hidden", "8",
                "babble.model.embedding", "4",
                "babble.model.layers", "2",
                "babble.window.lanes", "2",
                "babble.window.steps", "4",
                "babble.threads", "1",
                "babble.samples.every", "0"));
        for (int i = 0; i < options.length; i += 2) {
            all.put(Options.PREFIX + options[i], options[i + 1]);
        }
        return Settings.of(all);
    }
}

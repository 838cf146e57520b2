package io.babble.job.options;

import static io.babble.job.options.Options.*;

import io.babble.model.LearningRate;
import io.babble.model.Shape;
import io.babble.model.Training;
import io.babble.model.backend.Backends;
import io.babble.model.backend.nd4j.Nd4jBackend;
import io.babble.records.Topics;
import io.babble.text.Alphabet;
import io.babble.text.WindowSizes;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;

/** The options of one job, checked. */
public final class Settings implements Serializable {
    private static final String DEFAULT_BOOTSTRAP_SERVERS = "127.0.0.1:9092";
    private final Configuration options;

    private Settings(Configuration options) {
        this.options = options;
    }

    /**
     * Checks all options that begin with {@value Options#PREFIX}; others are left alone.
     *
     * @throws IllegalArgumentException if keys are unknown, values impossible, or secrets among them; the message names
     *     all of them. What only several values together rule out is named when each is possible
     */
    public static Settings of(Map<String, String> all) {
        Map<String, String> ours = all.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(PREFIX))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        Check check = new Check(Configuration.fromMap(ours));
        check.keys(ours.keySet());
        check.secrets(ours);
        check.values();
        if (check.problems.isEmpty()) {
            check.combinations();
        }
        if (!check.problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", check.problems));
        }
        return new Settings(check.options);
    }

    public <T> T get(Option<T> option) {
        return options.get(option.config());
    }

    /** These settings with other values of some options. */
    public Settings with(Map<String, String> others) {
        Map<String, String> all = new HashMap<>(toMap());
        all.putAll(others);
        return of(all);
    }

    /** Everything that was set, as it was set. */
    public Map<String, String> toMap() {
        return options.toMap();
    }

    public Shape shape() {
        return new Shape(alphabet().symbols(), get(EMBEDDING), get(HIDDEN), get(LAYERS));
    }

    /** The alphabet before any text was read. */
    public Alphabet alphabet() {
        return Alphabet.of(get(ALPHABET), get(ALPHABET_CAPACITY));
    }

    public Training training() {
        return new Training(
                get(OPTIMIZER), get(BETA1), get(BETA2), get(EPSILON), get(CLIP), get(CLIP_AT), get(DROPOUT));
    }

    public LearningRate learningRate() {
        return new LearningRate(
                get(LEARNING_RATE),
                get(LEARNING_RATE_WARMUP),
                get(LEARNING_RATE_DECAY),
                get(WINDOW_LANES) * get(WINDOW_STEPS));
    }

    /** How large windows are; of one size in deterministic mode. */
    public WindowSizes windowSizes() {
        if (get(DETERMINISTIC)) {
            return WindowSizes.fixed(get(WINDOW_LANES), get(WINDOW_STEPS));
        }
        return new WindowSizes(
                get(WINDOW_LANES),
                get(WINDOW_STEPS),
                Math.max(get(WINDOW_LANES), get(WINDOW_LANES_MAX)),
                Math.max(get(WINDOW_STEPS), get(WINDOW_STEPS_MAX)));
    }

    public Topics topics() {
        return new Topics(
                get(TEXT_TOPIC), get(PROMPTS_TOPIC), get(SAMPLES_TOPIC), get(REPORTS_TOPIC), get(DEAD_LETTERS_TOPIC));
    }

    /**
     * The settings of the Kafka clients: those in the file, overridden by those given directly. Instead of secrets they
     * have references, which Kafka resolves when a client is created.
     *
     * @throws IllegalStateException if the file cannot be read
     */
    public Properties kafka() {
        Properties properties = new Properties();
        properties.setProperty(BOOTSTRAP_SERVERS.substring(KAFKA_PREFIX.length()), DEFAULT_BOOTSTRAP_SERVERS);
        if (!get(KAFKA_CONFIG).isEmpty()) {
            properties.putAll(KafkaSettings.inFile(Path.of(get(KAFKA_CONFIG)).toAbsolutePath()));
        }
        options.toMap().forEach((key, value) -> {
            if (key.startsWith(KAFKA_PREFIX)) {
                properties.setProperty(key.substring(KAFKA_PREFIX.length()), value);
            }
        });
        KafkaSettings.declareProviders(properties);
        return properties;
    }

    /** Collects every problem. */
    private static final class Check {
        private final Configuration options;
        private final List<String> problems = new ArrayList<>();

        Check(Configuration options) {
            this.options = options;
        }

        void keys(Set<String> keys) {
            for (String key : new TreeSet<>(keys)) {
                if (!isKey(key)) {
                    problems.add(key + " is no option of Babble");
                }
            }
        }

        /** Options can be seen in Flink's web UI, in its logs and in lists of processes. */
        void secrets(Map<String, String> ours) {
            new TreeMap<>(ours).forEach((key, value) -> {
                if (key.startsWith(KAFKA_PREFIX)
                        && KafkaSettings.isSecret(key.substring(KAFKA_PREFIX.length()), value)) {
                    problems.add(key + " may be a secret, and options can be seen by others: set it, without "
                            + KAFKA_PREFIX + ", in the file that " + KAFKA_CONFIG.key()
                            + " names, or use a reference, as ${env:NAME}");
                }
            });
        }

        void values() {
            ALL.forEach(this::value);
        }

        /** What only several values together rule out. */
        void combinations() {
            Settings settings = new Settings(options);
            topics(settings.topics());
            String backend = settings.get(BACKEND);
            if (!Backends.named(backend).precisions().contains(settings.get(PRECISION))) {
                problems.add(PRECISION.key() + " must be float32 with " + BACKEND.key() + " " + backend);
            }
            memory(settings);
        }

        /**
         * Whether the model fits into memory, as far as that follows from its shape alone; the backend checks the rest.
         */
        private void memory(Settings settings) {
            Shape shape;
            try {
                shape = settings.shape();
            } catch (IllegalArgumentException e) {
                problems.add(HIDDEN.key() + " makes the model too large: " + e.getMessage());
                return;
            }
            long needed = Float.BYTES * (long) shape.parameters();
            MemorySize allowed = settings.get(NATIVE_MEMORY);
            boolean unlimited = Backends.named(settings.get(BACKEND)).equals(Nd4jBackend.TYPE);
            if (!unlimited && needed > allowed.getBytes()) {
                problems.add(HIDDEN.key() + " makes the model too large for " + NATIVE_MEMORY.key() + ": its weights"
                        + " alone need " + needed + " bytes outside the heap, " + allowed.getBytes()
                        + " are allowed");
            }
        }

        /** A job that reads what it writes would never come to rest. */
        private void topics(Topics topics) {
            for (String input : List.of(topics.text(), topics.prompts())) {
                if (Collections.frequency(topics.all(), input) > 1) {
                    problems.add("babble.topics.text and babble.topics.prompts must differ from all other topics, not "
                            + input + " twice");
                    return;
                }
            }
        }

        private <T> void value(Option<T> option) {
            try {
                if (option.isAllowed().test(options.get(option.config()))) {
                    return;
                }
            } catch (IllegalArgumentException e) {
                // The value is not of the option's type: the same message as for one out of range.
            }
            problems.add(option.key() + " must be " + option.allowed() + ", not "
                    + options.toMap().get(option.key()));
        }
    }
}

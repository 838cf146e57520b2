package io.babble.job;

import static io.babble.job.Options.*;

import io.babble.model.Backend;
import io.babble.model.Initialization;
import io.babble.model.Learner;
import io.babble.model.LearningRate;
import io.babble.model.Loss;
import io.babble.model.Model;
import io.babble.model.NativeMemoryException;
import io.babble.model.Precision;
import io.babble.model.Replay;
import io.babble.model.Shape;
import io.babble.model.Training;
import io.babble.model.Work;
import io.babble.model.backend.Backends;
import io.babble.model.writing.Decoder;
import io.babble.text.Alphabet;
import io.babble.text.Bytes;
import io.babble.text.CodePoints;
import io.babble.text.WindowSizes;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.base.DeliveryGuarantee;

/** The options of one job, checked. */
public final class Settings implements Serializable {
    private static final String BOOTSTRAP_SERVERS = "bootstrap.servers";
    private static final String DEFAULT_BOOTSTRAP_SERVERS = "127.0.0.1:9092";

    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final Duration LONGEST = Duration.ofDays(36_500);

    private final Configuration options;

    private Settings(Configuration options) {
        this.options = options;
    }

    /**
     * Checks all options that begin with {@value Options#PREFIX}; others are left alone.
     *
     * @throws IllegalArgumentException if keys are unknown or values impossible; the message names all of them
     */
    public static Settings of(Map<String, String> all) {
        Map<String, String> ours = all.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(PREFIX))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        Check check = new Check(Configuration.fromMap(ours));
        check.keys(ours.keySet());
        check.values();
        if (!check.problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", check.problems));
        }
        return new Settings(check.options);
    }

    public <T> T get(ConfigOption<T> option) {
        return options.get(option);
    }

    /** Everything that was set, as it was set. */
    public Map<String, String> toMap() {
        return options.toMap();
    }

    public Shape shape() {
        return new Shape(alphabet().symbols(), get(EMBEDDING), get(HIDDEN), get(LAYERS));
    }

    /** What symbols stand for before there was any text. */
    private Alphabet alphabet() {
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

    /** What the learner computes with; it belongs to the caller. */
    public Backend newBackend() {
        WindowSizes sizes = windowSizes();
        int lanes = Math.max(sizes.mostLanes(), sizes.lanes() + get(REPLAY_LANES));
        return backend(work(lanes, sizes.mostSteps(), true), get(THREADS));
    }

    /** Goes on with {@code model}; the backend belongs to the learner from here on. */
    public Learner newLearner(Backend backend, Model model) {
        return new Learner(backend, shape(), get(ALPHABET), get(OPTIMIZER), learningRate(), get(DRIFT_AT), model);
    }

    /** Writes with {@code model}; the backend belongs to the decoder from here on. */
    public Decoder newDecoder(Backend backend, Model model) {
        return new Decoder(backend, shape(), get(ALPHABET), model);
    }

    /** What a writer computes with; it belongs to the caller. One thread: the learner has the others. */
    public Backend newWritersBackend() {
        return backend(work(get(PROMPTS_MAX_ACTIVE), 1, false), 1);
    }

    private Work work(int lanes, int steps, boolean learning) {
        return new Work(
                lanes, steps, learning, get(PRECISION), get(NATIVE_MEMORY).getBytes());
    }

    private Backend backend(Work work, int threads) {
        try {
            return Backends.create(get(BACKEND), shape(), training(), work, threads);
        } catch (NativeMemoryException e) {
            String who = work.learning() ? "The learner" : "A writer";
            String window = work.learning()
                    ? WINDOW_LANES_MAX.key() + ", " + WINDOW_STEPS_MAX.key() + " or " + REPLAY_LANES.key()
                    : PROMPTS_MAX_ACTIVE.key();
            throw new NativeMemoryException(
                    who + " does not fit into memory: " + e.getMessage() + " by " + NATIVE_MEMORY.key()
                            + ". Raise it, or lower " + window + ", or begin anew with a smaller " + HIDDEN.key(),
                    e.isLasting());
        }
    }

    /** A model that has not learned anything. */
    public Model newModel() {
        Shape shape = shape();
        return new Model(
                shape,
                alphabet(),
                0,
                0,
                Loss.UNKNOWN,
                get(SEED),
                get(OPTIMIZER),
                Initialization.weights(shape, get(SEED)),
                new float[0][]);
    }

    /** Text to be learned from again, of which there is none yet. */
    public Replay newReplay() {
        return limited(new Replay(get(SEED)));
    }

    /** The same text, as much of it as these settings allow. */
    public Replay limited(Replay replay) {
        replay.limit(get(REPLAY_CAPACITY), get(REPLAY_LANES));
        return replay;
    }

    /** What the Kafka clients are given. */
    public Properties kafka() {
        Properties properties = new Properties();
        properties.setProperty(BOOTSTRAP_SERVERS, DEFAULT_BOOTSTRAP_SERVERS);
        options.toMap().forEach((key, value) -> {
            if (key.startsWith(KAFKA_PREFIX)) {
                properties.setProperty(key.substring(KAFKA_PREFIX.length()), value);
            }
        });
        return properties;
    }

    /** Collects everything that is wrong. */
    private static final class Check {
        private final Configuration options;
        private final List<String> problems = new ArrayList<>();

        Check(Configuration options) {
            this.options = options;
        }

        void keys(Set<String> keys) {
            Set<String> known = ALL.stream().map(ConfigOption::key).collect(Collectors.toSet());
            for (String key : new TreeSet<>(keys)) {
                if (!known.contains(key) && !key.startsWith(KAFKA_PREFIX)) {
                    problems.add(key + " is no option of Babble");
                }
            }
        }

        void values() {
            for (ConfigOption<String> text :
                    List.of(NAME, TEXT_TOPIC, PROMPTS_TOPIC, SAMPLES_TOPIC, REPORTS_TOPIC, DEAD_LETTERS_TOPIC)) {
                check(text, value -> value.matches("[A-Za-z0-9._-]{1,249}"), "1 to 249 of A-Z a-z 0-9 . _ -");
            }
            check(DELIVERY, value -> value != DeliveryGuarantee.NONE, "at-least-once or exactly-once");
            check(TEXT_MAX_BYTES, value -> value >= 1 && value <= 16 << 20, "1 to 16777216");
            for (ConfigOption<Integer> count :
                    List.of(STREAMS_MAX, STREAMS_SHARED, PENDING_MAX, PROMPTS_MAX_ACTIVE, PROMPTS_MAX_WAITING)) {
                check(count, value -> value >= 1, "at least 1");
            }
            for (ConfigOption<Duration> time : List.of(LINGER, STREAMS_IDLE_TIMEOUT, REPORTS_EVERY, MODEL_EVERY)) {
                check(
                        time,
                        value -> value.compareTo(SHORTEST) >= 0 && value.compareTo(LONGEST) <= 0,
                        "1 ms to 36500 d");
            }
            check(WINDOW_LANES, value -> value >= 1 && value <= 4096, "1 to 4096");
            check(WINDOW_STEPS, value -> value >= 1 && value <= 4096, "1 to 4096");
            check(WINDOW_LANES_MAX, value -> value >= 1 && value <= 4096, "1 to 4096");
            check(WINDOW_STEPS_MAX, value -> value >= 1 && value <= 4096, "1 to 4096");
            check(LEARNERS, value -> value == 1, "1: learners that share a model are not built yet");
            check(BACKEND, Set.of("auto", "onednn", "nd4j", "cuda")::contains, "auto, onednn, cuda or nd4j");
            check(
                    PRECISION,
                    value -> value == Precision.FLOAT32 || !options.get(BACKEND).equals("nd4j"),
                    "float32, or bfloat16 with another backend than nd4j");
            check(THREADS, value -> value >= 0, "0 or more");
            check(NATIVE_MEMORY, value -> value.getMebiBytes() >= 1, "a size like 1 gb, at least 1 mb");
            for (ConfigOption<Integer> size : List.of(HIDDEN, EMBEDDING)) {
                check(size, value -> value >= 1 && value <= 16_384, "1 to 16384");
            }
            check(LAYERS, value -> value >= 1 && value <= 16, "1 to 16");
            check(ALPHABET, Set.of(Bytes.NAME, CodePoints.NAME)::contains, "bytes or code-points");
            check(
                    ALPHABET_CAPACITY,
                    value -> value >= 512 && value <= CodePoints.MOST_SYMBOLS,
                    "512 to " + CodePoints.MOST_SYMBOLS);
            check(OPTIMIZER, value -> true, "adam, rmsprop, adagrad or sgd");
            check(BETA1, value -> value >= 0 && value < 1, "0 or more and below 1");
            check(BETA2, value -> value > 0 && value < 1, "above 0 and below 1");
            check(EPSILON, value -> value > 0 && value < 1, "above 0 and below 1");
            check(LEARNING_RATE, value -> value > 0 && Double.isFinite(value), "above 0");
            check(LEARNING_RATE_WARMUP, value -> value >= 0, "0 or more");
            check(LEARNING_RATE_DECAY, value -> value >= 0 && Double.isFinite(value), "0 or more");
            check(DRIFT_AT, value -> value >= 0 && Double.isFinite(value), "0 or more");
            check(CLIP, value -> true, "norm or value");
            check(CLIP_AT, value -> value >= 0 && Double.isFinite(value), "0 or more");
            check(DROPOUT, value -> value >= 0 && value < 1, "0 or more and below 1");
            check(SAMPLES_EVERY, value -> value >= 0, "0 or more");
            check(SAMPLES_LENGTH, value -> value >= 1 && value <= 100_000, "1 to 100000");
            check(SAMPLES_TEMPERATURE, value -> value >= 0 && value <= 10, "0 to 10");
            check(REPLAY_CAPACITY, value -> value >= 1, "at least 1");
            check(REPLAY_LANES, value -> value >= 0 && value <= 4096, "0 to 4096");
            check(REPLAY_IDLE, value -> true, "true or false");
            check(DETERMINISTIC, value -> true, "true or false");
            check(SEED, value -> true, "a whole number");
        }

        private <T> void check(ConfigOption<T> option, Predicate<T> possible, String allowed) {
            try {
                if (possible.test(options.get(option))) {
                    return;
                }
            } catch (IllegalArgumentException e) {
                // The value is not of the option's type: the same complaint as for one out of range.
            }
            problems.add(option.key() + " must be " + allowed + ", not "
                    + options.toMap().get(option.key()));
        }
    }
}

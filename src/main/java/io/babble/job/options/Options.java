package io.babble.job.options;

import io.babble.model.Precision;
import io.babble.model.Training.Clipping;
import io.babble.model.Training.Optimizer;
import io.babble.model.backend.Backends;
import io.babble.records.Topics;
import io.babble.text.Bytes;
import io.babble.text.CodePoints;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.connector.base.DeliveryGuarantee;

/** Every option of Babble. The README's table is held to this list by a test. */
public final class Options {
    /** Begins every option's key. */
    public static final String PREFIX = "babble.";
    /** What follows this prefix goes to the Kafka clients as it is. */
    public static final String KAFKA_PREFIX = "babble.kafka.";
    /** Where Kafka is. */
    public static final String BOOTSTRAP_SERVERS = KAFKA_PREFIX + "bootstrap.servers";

    private static final List<Option<?>> DECLARED = new ArrayList<>();

    public static final Option<String> NAME = name(
            "babble.name",
            "babble",
            "Name of the job and key of its reports; also the prefix of its Kafka consumer group and transactions.");

    public static final Option<String> TEXT_TOPIC =
            name("babble.topics.text", Topics.DEFAULT.text(), "Topic that text is read from.");
    public static final Option<String> PROMPTS_TOPIC =
            name("babble.topics.prompts", Topics.DEFAULT.prompts(), "Topic that prompts are read from.");
    public static final Option<String> SAMPLES_TOPIC =
            name("babble.topics.samples", Topics.DEFAULT.samples(), "Topic that written text goes to.");
    public static final Option<String> REPORTS_TOPIC =
            name("babble.topics.reports", Topics.DEFAULT.reports(), "Topic that reports on the learning go to.");
    public static final Option<String> DEAD_LETTERS_TOPIC = name(
            "babble.topics.dead-letters",
            Topics.DEFAULT.deadLetters(),
            "Topic that everything goes to that cannot be read.");
    public static final Option<String> KAFKA_CONFIG = option(
            ConfigOptions.key("babble.kafka-config").stringType().defaultValue(""),
            Options::isEmptyOrReadableFile,
            "the path of a readable file, without : and }",
            "Properties file of settings for the Kafka clients; `babble.kafka.*` overrides it. Its secrets are read by"
                    + " each process itself.");
    public static final Option<DeliveryGuarantee> DELIVERY = choice(
            "babble.delivery",
            DeliveryGuarantee.AT_LEAST_ONCE,
            value -> value != DeliveryGuarantee.NONE,
            "at-least-once or exactly-once",
            "Whether output appears at once and may repeat after a failure (`at-least-once`), or with each checkpoint in"
                    + " a Kafka transaction (`exactly-once`).");

    public static final Option<Integer> TEXT_MAX_BYTES = integer(
            "babble.text.max-bytes",
            1 << 20,
            1,
            16 << 20,
            "Largest record of text, in bytes; larger ones are dead letters.");
    public static final Option<Integer> STREAMS_MAX = count(
            "babble.streams.max", 10_000, "Most streams kept open at a time; one more evicts the least recently used.");
    public static final Option<Duration> STREAMS_IDLE_TIMEOUT = duration(
            "babble.streams.idle-timeout", Duration.ofHours(24), "A stream without new text for this long is ended.");
    public static final Option<Integer> STREAMS_SHARED = count(
            "babble.streams.shared", 4, "Streams that the records without a key are spread over, for each partition.");
    public static final Option<Integer> PENDING_MAX = count(
            "babble.pending.max",
            1 << 20,
            "Most bytes of text that wait in the learner's state; beyond it producers feel back-pressure.");
    public static final Option<Duration> LINGER = duration(
            "babble.linger",
            Duration.ofSeconds(1),
            "Text that has waited this long is learned although it does not fill a window.");
    public static final Option<Integer> WINDOW_LANES = integer(
            "babble.window.lanes",
            1,
            1,
            4096,
            "N, streams side by side in one training step, while the learner keeps up.");
    public static final Option<Integer> WINDOW_STEPS = integer(
            "babble.window.steps",
            10,
            1,
            4096,
            "T, symbols of each stream in one training step: how far back-propagation reaches, while the learner keeps up.");
    public static final Option<Integer> WINDOW_LANES_MAX = integer(
            "babble.window.lanes.max",
            32,
            1,
            4096,
            "Most lanes while much text waits; no effect below `window.lanes`.");
    public static final Option<Integer> WINDOW_STEPS_MAX = integer(
            "babble.window.steps.max",
            40,
            1,
            4096,
            "Most steps while much text waits; no effect below `window.steps`.");
    public static final Option<Integer> REPLAY_CAPACITY = count(
            "babble.replay.capacity", 1_000_000, "Symbols in the replay buffer: learned text that is learned again.");
    public static final Option<Integer> REPLAY_LANES = integer(
            "babble.replay.lanes",
            7,
            0,
            4096,
            "Lanes of replayed text in each training step, beside the fresh ones, while the learner keeps up; 0 for no"
                    + " replay at all.");
    public static final Option<Boolean> REPLAY_IDLE = flag(
            "babble.replay.idle", false, "Whether the learner continues with replayed text while no new text arrives.");
    public static final Option<Boolean> LEARNING = flag(
            "babble.learning",
            true,
            "Whether text changes the weights; `false` keeps reading, measuring and writing with the model as it is.");
    public static final Option<Boolean> DETERMINISTIC = flag(
            "babble.deterministic",
            false,
            "Whether everything that depends on the clock is off, so that the same text in one partition gives the same"
                    + " model.");

    public static final Option<Integer> LEARNERS = option(
            ConfigOptions.key("babble.learners").intType().defaultValue(1),
            value -> value == 1,
            "1: learners that share a model are not built yet",
            "Parallelism of the learner; only 1 for now.");
    public static final Option<String> BACKEND = option(
            ConfigOptions.key("babble.backend").stringType().defaultValue(Backends.AUTO),
            Backends.names()::contains,
            listed(Backends.names()),
            "What computes: `onednn`, `nd4j` (slow, for comparison), or `auto`, which is `onednn`.");
    public static final Option<Precision> PRECISION = choice(
            "babble.precision",
            Precision.FLOAT32,
            value -> true,
            "float32 or bfloat16",
            "Precision of the matrix products: `float32`, or `bfloat16` on CPUs that support it.");
    public static final Option<Integer> THREADS = integer(
            "babble.threads", 0, 0, Integer.MAX_VALUE, "Threads that the learner computes with; 0 for one per core.");
    public static final Option<MemorySize> NATIVE_MEMORY = option(
            ConfigOptions.key("babble.memory.native").memoryType().defaultValue(MemorySize.ofMebiBytes(1024)),
            value -> value.getMebiBytes() >= 1,
            "a size like 1 gb, at least 1 mb",
            "Most memory outside the heap of a job's learner and writers in one process, all together.");
    public static final Option<Integer> HIDDEN = integer("babble.model.hidden", 208, 1, 16_384, "H, units of a layer.");
    public static final Option<Integer> LAYERS = integer("babble.model.layers", 2, 1, 16, "L, layers.");
    public static final Option<Integer> EMBEDDING =
            integer("babble.model.embedding", 64, 1, 16_384, "E, length of the vector that represents a symbol.");
    public static final Option<String> ALPHABET = option(
            ConfigOptions.key("babble.alphabet").stringType().defaultValue(Bytes.NAME),
            List.of(Bytes.NAME, CodePoints.NAME)::contains,
            listed(List.of(Bytes.NAME, CodePoints.NAME)),
            "What a symbol is: a byte of UTF-8 (`bytes`), or a character (`code-points`).");
    public static final Option<Integer> ALPHABET_CAPACITY = integer(
            "babble.alphabet.capacity",
            8192,
            512,
            CodePoints.MOST_SYMBOLS,
            "V of `code-points`: 260 fixed symbols, and characters beyond Latin-1.");
    public static final Option<Long> SEED = option(
            ConfigOptions.key("babble.model.seed").longType().defaultValue(1L),
            value -> true,
            "a whole number",
            "Random seed of a new model's weights, dropout and replay.");

    public static final Option<Optimizer> OPTIMIZER = choice(
            "babble.optimizer",
            Optimizer.ADAM,
            value -> true,
            "adam, rmsprop, adagrad or sgd",
            "The optimizer: `adam`, `rmsprop`, `adagrad` or `sgd`.");
    public static final Option<Double> BETA1 = number(
            "babble.optimizer.beta1",
            0.5,
            value -> value >= 0 && value < 1,
            "0 or more and below 1",
            "Adam's decay of the mean gradient.");
    public static final Option<Double> BETA2 = number(
            "babble.optimizer.beta2",
            0.9999,
            value -> value > 0 && value < 1,
            "above 0 and below 1",
            "Adam's decay of the mean squared gradient; RMSProp's decay.");
    public static final Option<Double> EPSILON = number(
            "babble.optimizer.epsilon",
            1e-8,
            value -> value > 0 && value < 1,
            "above 0 and below 1",
            "Added to the root of the mean squared gradient, or of AdaGrad's sum.");
    public static final Option<Double> LEARNING_RATE = number(
            "babble.learning-rate",
            3e-3,
            value -> value > 0 && Double.isFinite(value),
            "above 0",
            "Learning rate after warm-up, for the smallest windows.");
    public static final Option<Integer> LEARNING_RATE_WARMUP = integer(
            "babble.learning-rate.warmup",
            100,
            0,
            Integer.MAX_VALUE,
            "Updates over which the learning rate rises from 0.");
    public static final Option<Double> LEARNING_RATE_DECAY = notNegative(
            "babble.learning-rate.decay",
            2e-5,
            "d in rate/√(1 + d·symbols): how the learning rate falls; 0 for a constant rate.");
    public static final Option<Double> DRIFT_AT = notNegative(
            "babble.drift.at",
            2000.0,
            "Threshold of drift detection: bits of loss above its level, added up, at which the learning rate starts"
                    + " again; 0 for never.");
    public static final Option<Clipping> CLIP = choice(
            "babble.clip",
            Clipping.NORM,
            value -> true,
            "norm or value",
            "Gradient clipping: by the global norm (`norm`), or each element by itself (`value`).");
    public static final Option<Double> CLIP_AT =
            notNegative("babble.clip.at", 1.0, "Bound of gradient clipping; 0 for none.");
    public static final Option<Double> DROPOUT = number(
            "babble.dropout",
            0.0,
            value -> value >= 0 && value < 1,
            "0 or more and below 1",
            "Dropout probability of a layer's outputs on their way to the next layer and the softmax.");

    public static final Option<Duration> REPORTS_EVERY =
            duration("babble.reports.every", Duration.ofSeconds(1), "Shortest time between two reports.");
    public static final Option<Duration> MODEL_EVERY = duration(
            "babble.model.every",
            Duration.ofSeconds(2),
            "Shortest time between two sets of weights that are sent to the writer.");
    public static final Option<Long> SAMPLES_EVERY = option(
            ConfigOptions.key("babble.samples.every").longType().defaultValue(50_000L),
            value -> value >= 0,
            "0 or more",
            "Symbols learned (while idle: replayed by each lane) between two periodic samples, written without a"
                    + " prompt; 0 for none.");
    public static final Option<Integer> SAMPLES_LENGTH =
            integer("babble.samples.length", 200, 1, 100_000, "Characters of such a sample.");
    public static final Option<Double> SAMPLES_TEMPERATURE = number(
            "babble.samples.temperature",
            0.8,
            value -> value >= 0 && value <= 10,
            "0 to 10",
            "Sampling temperature of such a sample; 0 always takes the most likely symbol.");
    public static final Option<Integer> PROMPTS_MAX_ACTIVE =
            count("babble.prompts.max-active", 64, "Most texts that a writer writes at a time, together as one batch.");
    public static final Option<Integer> PROMPTS_MAX_WAITING = count(
            "babble.prompts.max-waiting",
            1_000,
            "Most prompts that wait for a writer; one more is answered with an error that says busy.");

    /** All options, in the order of the README's table. */
    public static final List<Option<?>> ALL = List.copyOf(DECLARED);

    private Options() {}

    /** Whether an option has this key, or it is one of {@value #KAFKA_PREFIX}. */
    public static boolean isKey(String key) {
        return key.startsWith(KAFKA_PREFIX)
                || ALL.stream().anyMatch(option -> option.key().equals(key));
    }

    private static Option<String> name(String key, String defaultValue, String meaning) {
        return option(
                ConfigOptions.key(key).stringType().defaultValue(defaultValue),
                value -> value.matches("[A-Za-z0-9._-]{1,249}"),
                "1 to 249 of A-Z a-z 0-9 . _ -",
                meaning);
    }

    private static Option<Integer> count(String key, int defaultValue, String meaning) {
        return integer(key, defaultValue, 1, Integer.MAX_VALUE, meaning);
    }

    private static Option<Integer> integer(String key, int defaultValue, int least, int most, String meaning) {
        String allowed =
                most < Integer.MAX_VALUE ? least + " to " + most : least == 0 ? "0 or more" : "at least " + least;
        return option(
                ConfigOptions.key(key).intType().defaultValue(defaultValue),
                value -> value >= least && value <= most,
                allowed,
                meaning);
    }

    private static Option<Double> notNegative(String key, double defaultValue, String meaning) {
        return number(key, defaultValue, value -> value >= 0 && Double.isFinite(value), "0 or more", meaning);
    }

    private static Option<Double> number(
            String key, double defaultValue, Predicate<Double> isAllowed, String allowed, String meaning) {
        return option(ConfigOptions.key(key).doubleType().defaultValue(defaultValue), isAllowed, allowed, meaning);
    }

    private static Option<Duration> duration(String key, Duration defaultValue, String meaning) {
        Duration shortest = Duration.ofMillis(1);
        Duration longest = Duration.ofDays(36_500);
        return option(
                ConfigOptions.key(key).durationType().defaultValue(defaultValue),
                value -> value.compareTo(shortest) >= 0 && value.compareTo(longest) <= 0,
                "1 ms to 36500 d",
                meaning);
    }

    private static Option<Boolean> flag(String key, boolean defaultValue, String meaning) {
        return option(
                ConfigOptions.key(key).booleanType().defaultValue(defaultValue),
                value -> true,
                "true or false",
                meaning);
    }

    private static <T extends Enum<T>> Option<T> choice(
            String key, T defaultValue, Predicate<T> isAllowed, String allowed, String meaning) {
        return option(
                ConfigOptions.key(key)
                        .enumType(defaultValue.getDeclaringClass())
                        .defaultValue(defaultValue),
                isAllowed,
                allowed,
                meaning);
    }

    private static <T> Option<T> option(
            ConfigOption<T> config, Predicate<T> isAllowed, String allowed, String meaning) {
        Option<T> option = new Option<>(config.withDescription(meaning), isAllowed, allowed);
        DECLARED.add(option);
        return option;
    }

    /** A path with : or } cannot be part of a reference, {@code ${file:path:key}}. */
    private static boolean isEmptyOrReadableFile(String path) {
        Path file = Path.of(path).toAbsolutePath();
        return path.isEmpty()
                || (Files.isReadable(file)
                        && !Files.isDirectory(file)
                        && file.toString().matches("[^:}]+"));
    }

    /** "a, b or c". */
    private static String listed(List<String> names) {
        int last = names.size() - 1;
        return String.join(", ", names.subList(0, last)) + " or " + names.get(last);
    }
}

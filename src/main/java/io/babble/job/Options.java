package io.babble.job;

import static org.apache.flink.configuration.ConfigOptions.key;

import io.babble.model.Precision;
import io.babble.model.Training.Clipping;
import io.babble.model.Training.Optimizer;
import io.babble.text.Bytes;
import java.time.Duration;
import java.util.List;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.connector.base.DeliveryGuarantee;

/** Every option of Babble: type, default, unit and one sentence. The README's table is held to this list by a test. */
public final class Options {
    /** Begins every option's key. */
    public static final String PREFIX = "babble.";
    /** What follows this prefix goes to the Kafka clients as it is. */
    public static final String KAFKA_PREFIX = "babble.kafka.";

    public static final ConfigOption<String> NAME = key("babble.name")
            .stringType()
            .defaultValue("babble")
            .withDescription("Name of the job and key of its reports; also the prefix of its Kafka consumer group and"
                    + " transactions.");

    public static final ConfigOption<String> TEXT_TOPIC = key("babble.topics.text")
            .stringType()
            .defaultValue("babble.text")
            .withDescription("Topic that text is read from.");
    public static final ConfigOption<String> PROMPTS_TOPIC = key("babble.topics.prompts")
            .stringType()
            .defaultValue("babble.prompts")
            .withDescription("Topic that prompts are read from.");
    public static final ConfigOption<String> SAMPLES_TOPIC = key("babble.topics.samples")
            .stringType()
            .defaultValue("babble.samples")
            .withDescription("Topic that written text goes to.");
    public static final ConfigOption<String> REPORTS_TOPIC = key("babble.topics.reports")
            .stringType()
            .defaultValue("babble.reports")
            .withDescription("Topic that reports on the learning go to.");
    public static final ConfigOption<String> DEAD_LETTERS_TOPIC = key("babble.topics.dead-letters")
            .stringType()
            .defaultValue("babble.dead-letters")
            .withDescription("Topic that everything goes to that cannot be read.");
    public static final ConfigOption<DeliveryGuarantee> DELIVERY = key("babble.delivery")
            .enumType(DeliveryGuarantee.class)
            .defaultValue(DeliveryGuarantee.AT_LEAST_ONCE)
            .withDescription(
                    "Whether output appears at once and may repeat after a failure (`at-least-once`), or at the pace"
                            + " of checkpoints in Kafka transactions (`exactly-once`).");

    public static final ConfigOption<Integer> TEXT_MAX_BYTES = key("babble.text.max-bytes")
            .intType()
            .defaultValue(1 << 20)
            .withDescription("Largest record of text, in bytes; larger ones are dead letters.");
    public static final ConfigOption<Integer> STREAMS_MAX = key("babble.streams.max")
            .intType()
            .defaultValue(10_000)
            .withDescription("Most streams known at a time; one more ends the least recently used.");
    public static final ConfigOption<Duration> STREAMS_IDLE_TIMEOUT = key("babble.streams.idle-timeout")
            .durationType()
            .defaultValue(Duration.ofHours(24))
            .withDescription("A stream that is silent for so long is ended.");
    public static final ConfigOption<Integer> STREAMS_SHARED = key("babble.streams.shared")
            .intType()
            .defaultValue(4)
            .withDescription("How many streams the records of a partition that have no key are spread over.");
    public static final ConfigOption<Integer> PENDING_MAX = key("babble.pending.max")
            .intType()
            .defaultValue(1 << 20)
            .withDescription(
                    "Most bytes of text that wait in the learner's state; beyond it producers feel back-pressure.");
    public static final ConfigOption<Duration> LINGER = key("babble.linger")
            .durationType()
            .defaultValue(Duration.ofSeconds(1))
            .withDescription("Text that has waited for so long is learned though it does not fill a window.");
    public static final ConfigOption<Integer> WINDOW_LANES = key("babble.window.lanes")
            .intType()
            .defaultValue(1)
            .withDescription(
                    "N, most streams that one training step learns from side by side while the learner keeps up.");
    public static final ConfigOption<Integer> WINDOW_STEPS = key("babble.window.steps")
            .intType()
            .defaultValue(10)
            .withDescription("T, symbols of each stream in one training step, and how far errors are propagated back,"
                    + " while the learner keeps up.");
    public static final ConfigOption<Integer> WINDOW_LANES_MAX = key("babble.window.lanes.max")
            .intType()
            .defaultValue(32)
            .withDescription("N where much text waits; without effect where it is not above the other.");
    public static final ConfigOption<Integer> WINDOW_STEPS_MAX = key("babble.window.steps.max")
            .intType()
            .defaultValue(40)
            .withDescription("T where much text waits; without effect where it is not above the other.");
    public static final ConfigOption<Integer> REPLAY_CAPACITY = key("babble.replay.capacity")
            .intType()
            .defaultValue(1_000_000)
            .withDescription("Symbols already learned that are kept to be learned from again.");
    public static final ConfigOption<Integer> REPLAY_LANES = key("babble.replay.lanes")
            .intType()
            .defaultValue(7)
            .withDescription(
                    "Lanes of such symbols in each training step, beside the fresh ones, while the learner keeps up; 0 for none, also while nothing comes.");
    public static final ConfigOption<Boolean> REPLAY_IDLE = key("babble.replay.idle")
            .booleanType()
            .defaultValue(false)
            .withDescription("Whether the learner goes on with such symbols while no fresh text is there.");
    public static final ConfigOption<Boolean> DETERMINISTIC = key("babble.deterministic")
            .booleanType()
            .defaultValue(false)
            .withDescription(
                    "Whether everything that follows the clock is off, so that the same text gives the same model.");

    public static final ConfigOption<String> BACKEND = key("babble.backend")
            .stringType()
            .defaultValue("auto")
            .withDescription("What computes: `onednn`, `nd4j`, or `auto` for the fastest that this machine has.");
    public static final ConfigOption<Precision> PRECISION = key("babble.precision")
            .enumType(Precision.class)
            .defaultValue(Precision.FLOAT32)
            .withDescription("What matrix products are computed in: `float32`, or `bfloat16` on CPUs that have it.");
    public static final ConfigOption<Integer> LEARNERS = key("babble.learners")
            .intType()
            .defaultValue(1)
            .withDescription("Parallelism of the learner; only 1 for now.");
    public static final ConfigOption<Integer> THREADS = key("babble.threads")
            .intType()
            .defaultValue(0)
            .withDescription("Threads that the learner computes with; 0 for one per core.");
    public static final ConfigOption<MemorySize> NATIVE_MEMORY = key("babble.memory.native")
            .memoryType()
            .defaultValue(MemorySize.ofMebiBytes(1024))
            .withDescription("Most memory that a job's learner and writers take outside the heap in one process, all"
                    + " together.");
    public static final ConfigOption<Integer> HIDDEN =
            key("babble.model.hidden").intType().defaultValue(208).withDescription("H, units of a layer.");
    public static final ConfigOption<Integer> LAYERS =
            key("babble.model.layers").intType().defaultValue(2).withDescription("L, layers.");
    public static final ConfigOption<Integer> EMBEDDING = key("babble.model.embedding")
            .intType()
            .defaultValue(64)
            .withDescription("E, size of the vector that stands for a symbol.");
    public static final ConfigOption<String> ALPHABET = key("babble.alphabet")
            .stringType()
            .defaultValue(Bytes.NAME)
            .withDescription("What a symbol is: a byte of UTF-8 (`bytes`), or a character (`code-points`).");
    public static final ConfigOption<Integer> ALPHABET_CAPACITY = key("babble.alphabet.capacity")
            .intType()
            .defaultValue(8192)
            .withDescription("V of `code-points`: the 260 symbols that every text has, and characters beyond Latin-1.");
    public static final ConfigOption<Long> SEED = key("babble.model.seed")
            .longType()
            .defaultValue(1L)
            .withDescription("What a new model's weights and its dropout follow from.");

    public static final ConfigOption<Optimizer> OPTIMIZER = key("babble.optimizer")
            .enumType(Optimizer.class)
            .defaultValue(Optimizer.ADAM)
            .withDescription("How a gradient becomes a weight change: `adam`, `rmsprop`, `adagrad` or `sgd`.");
    public static final ConfigOption<Double> BETA1 = key("babble.optimizer.beta1")
            .doubleType()
            .defaultValue(0.5)
            .withDescription("Adam's decay of the mean gradient.");
    public static final ConfigOption<Double> BETA2 = key("babble.optimizer.beta2")
            .doubleType()
            .defaultValue(0.9999)
            .withDescription("Adam's decay of the mean squared gradient; RMSProp's decay.");
    public static final ConfigOption<Double> EPSILON = key("babble.optimizer.epsilon")
            .doubleType()
            .defaultValue(1e-8)
            .withDescription("Added to the root of the mean squared gradient, or of AdaGrad's sum.");
    public static final ConfigOption<Double> LEARNING_RATE = key("babble.learning-rate")
            .doubleType()
            .defaultValue(3e-3)
            .withDescription("Learning rate after warm-up, for the smallest windows.");
    public static final ConfigOption<Integer> LEARNING_RATE_WARMUP = key("babble.learning-rate.warmup")
            .intType()
            .defaultValue(100)
            .withDescription("Updates over which the learning rate rises from 0.");
    public static final ConfigOption<Double> LEARNING_RATE_DECAY = key("babble.learning-rate.decay")
            .doubleType()
            .defaultValue(2e-5)
            .withDescription("d in rate/√(1 + d·symbols): how the learning rate falls; 0 keeps it.");
    public static final ConfigOption<Double> DRIFT_AT = key("babble.drift.at")
            .doubleType()
            .defaultValue(2000.0)
            .withDescription(
                    "Bits that the loss must lie above its level, added up, for the text to count as another one, whose learning rate"
                            + " falls anew; 0 for never.");
    public static final ConfigOption<Clipping> CLIP = key("babble.clip")
            .enumType(Clipping.class)
            .defaultValue(Clipping.NORM)
            .withDescription(
                    "Whether the gradient's global norm is bounded (`norm`), or each of its elements (`value`).");
    public static final ConfigOption<Double> CLIP_AT =
            key("babble.clip.at").doubleType().defaultValue(1.0).withDescription("Bound of the gradient; 0 for none.");
    public static final ConfigOption<Double> DROPOUT = key("babble.dropout")
            .doubleType()
            .defaultValue(0.0)
            .withDescription(
                    "Probability with which a layer's output is dropped on its way to the next layer and the softmax while learning.");

    public static final ConfigOption<Duration> REPORTS_EVERY = key("babble.reports.every")
            .durationType()
            .defaultValue(Duration.ofSeconds(1))
            .withDescription("Shortest time between two reports.");
    public static final ConfigOption<Duration> MODEL_EVERY = key("babble.model.every")
            .durationType()
            .defaultValue(Duration.ofSeconds(2))
            .withDescription("Shortest time between two sets of weights that go to the writer.");
    public static final ConfigOption<Long> SAMPLES_EVERY = key("babble.samples.every")
            .longType()
            .defaultValue(50_000L)
            .withDescription(
                    "Symbols learned between two samples that are written without a prompt, and while nothing comes symbols that each lane replays; 0 for none.");
    public static final ConfigOption<Integer> SAMPLES_LENGTH =
            key("babble.samples.length").intType().defaultValue(200).withDescription("Characters of such a sample.");
    public static final ConfigOption<Double> SAMPLES_TEMPERATURE = key("babble.samples.temperature")
            .doubleType()
            .defaultValue(0.8)
            .withDescription("Temperature of such a sample; 0 always takes the most likely symbol.");
    public static final ConfigOption<Integer> PROMPTS_MAX_ACTIVE = key("babble.prompts.max-active")
            .intType()
            .defaultValue(64)
            .withDescription("Most texts that a writer writes at a time, together as one batch.");
    public static final ConfigOption<Integer> PROMPTS_MAX_WAITING = key("babble.prompts.max-waiting")
            .intType()
            .defaultValue(1_000)
            .withDescription("Most prompts that wait for a writer; one more is answered with an error that says busy.");

    /** All options, in the order of the README's table. */
    public static final List<ConfigOption<?>> ALL = List.of(
            NAME,
            TEXT_TOPIC,
            PROMPTS_TOPIC,
            SAMPLES_TOPIC,
            REPORTS_TOPIC,
            DEAD_LETTERS_TOPIC,
            DELIVERY,
            TEXT_MAX_BYTES,
            STREAMS_MAX,
            STREAMS_IDLE_TIMEOUT,
            STREAMS_SHARED,
            PENDING_MAX,
            LINGER,
            WINDOW_LANES,
            WINDOW_STEPS,
            WINDOW_LANES_MAX,
            WINDOW_STEPS_MAX,
            REPLAY_CAPACITY,
            REPLAY_LANES,
            REPLAY_IDLE,
            DETERMINISTIC,
            LEARNERS,
            BACKEND,
            PRECISION,
            THREADS,
            NATIVE_MEMORY,
            HIDDEN,
            LAYERS,
            EMBEDDING,
            ALPHABET,
            ALPHABET_CAPACITY,
            SEED,
            OPTIMIZER,
            BETA1,
            BETA2,
            EPSILON,
            LEARNING_RATE,
            LEARNING_RATE_WARMUP,
            LEARNING_RATE_DECAY,
            DRIFT_AT,
            CLIP,
            CLIP_AT,
            DROPOUT,
            REPORTS_EVERY,
            MODEL_EVERY,
            SAMPLES_EVERY,
            SAMPLES_LENGTH,
            SAMPLES_TEMPERATURE,
            PROMPTS_MAX_ACTIVE,
            PROMPTS_MAX_WAITING);

    private Options() {}
}

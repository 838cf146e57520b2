package io.babble.job;

import io.babble.client.KafkaClients;
import io.babble.client.TopicException;
import io.babble.client.TopicSetup;
import io.babble.job.options.Options;
import io.babble.job.options.Settings;
import io.babble.job.savepoint.NewSavepoint;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** The Flink job. */
public final class BabbleJob {
    private static final String DYNAMIC_PROPERTY = "-D";

    private BabbleJob() {}

    /**
     * Entry point on a Flink cluster. Options come from Flink's configuration, where Babble's begin with
     * {@value Options#PREFIX}.
     *
     * @param args options of Babble that override those, {@code key=value} or {@code -Dkey=value}; secrets are refused
     * @throws TopicException when topics are missing, or no broker answers
     */
    public static void main(String[] args) throws Exception {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        Map<String, String> options = new HashMap<>(env.getConfiguration().toMap());
        options.putAll(arguments(args));
        Settings settings = Settings.of(options);
        KafkaClients clients = new KafkaClients(settings.kafka());
        TopicSetup.check(clients, settings.topics());
        TopicSetup.warnIfShorter(clients, settings.get(Options.TEXT_TOPIC), settings.get(Options.TEXT_MAX_BYTES));
        try {
            onKafka(env, settings);
        } catch (LinkageError e) {
            throw new IllegalStateException(
                    "Libraries are missing in Flink's lib folder, or come with the job's jar a second time: put the jars of"
                            + " target/lib there, and submit babble-job.jar, which brings none (" + e.getMessage()
                            + ")",
                    e);
        }
        env.execute(settings.get(Options.NAME));
    }

    private static Map<String, String> arguments(String[] args) {
        Map<String, String> options = new HashMap<>();
        for (int i = 0; i < args.length; i++) {
            boolean dynamic = args[i].startsWith(DYNAMIC_PROPERTY);
            String[] option = (dynamic ? args[i].substring(DYNAMIC_PROPERTY.length()) : args[i]).split("=", 2);
            // The argument itself may be a secret: only a known key is shown.
            if (option.length < 2) {
                throw new IllegalArgumentException("Argument " + (i + 1) + " is not key=value");
            }
            if (Options.isKey(Options.PREFIX + option[0])) {
                throw new IllegalArgumentException(
                        option[0] + " is no option of Babble: use " + Options.PREFIX + option[0]);
            }
            if (!option[0].startsWith(Options.PREFIX)) {
                throw new IllegalArgumentException(
                        "Argument " + (i + 1) + " is no option of Babble, whose keys begin with " + Options.PREFIX
                                + ": put options of Flink before the jar, as -Dkey=value");
            }
            options.put(option[0], option[1]);
        }
        return options;
    }

    /**
     * Adds Babble's operators to {@code env}, between the topics that the options name.
     *
     * @throws IllegalArgumentException if the parallelism is more than savepoints allow
     */
    public static void onKafka(StreamExecutionEnvironment env, Settings settings) {
        limitParallelism(env);
        Configuration job = new Configuration();
        job.set(PipelineOptions.GENERIC_TYPES, false);
        env.configure(job);
        KafkaWiring kafka = new KafkaWiring(settings);
        Topology.define(env, settings, kafka.sources(), kafka.sinks());
    }

    /**
     * A savepoint keeps the largest parallelism of the job that wrote it, and Flink's default depends on the
     * parallelism of the first start.
     */
    private static void limitParallelism(StreamExecutionEnvironment env) {
        if (env.getParallelism() > NewSavepoint.MAX_PARALLELISM) {
            throw new IllegalArgumentException(
                    "The parallelism is " + env.getParallelism() + ", but a job can have at most "
                            + NewSavepoint.MAX_PARALLELISM + ": lower " + CoreOptions.DEFAULT_PARALLELISM.key());
        }
        env.setMaxParallelism(NewSavepoint.MAX_PARALLELISM);
    }
}

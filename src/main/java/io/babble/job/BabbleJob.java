package io.babble.job;

import io.babble.client.KafkaClients;
import io.babble.client.TopicException;
import io.babble.client.TopicSetup;
import io.babble.job.options.Options;
import io.babble.job.options.Settings;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
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
     * @param args options that override those, {@code key=value} or {@code -Dkey=value}; secrets are refused
     * @throws TopicException when topics are missing, or no broker answers
     */
    public static void main(String[] args) throws Exception {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        Map<String, String> options = new HashMap<>(env.getConfiguration().toMap());
        for (String arg : args) {
            String[] option =
                    (arg.startsWith(DYNAMIC_PROPERTY) ? arg.substring(DYNAMIC_PROPERTY.length()) : arg).split("=", 2);
            if (option.length < 2) {
                // The argument itself may be a secret.
                throw new IllegalArgumentException(
                        "Argument " + (Arrays.asList(args).indexOf(arg) + 1) + " is not key=value");
            }
            options.put(option[0], option[1]);
        }
        Settings settings = Settings.of(options);
        TopicSetup.check(new KafkaClients(settings.kafka()), settings.topics());
        onKafka(env, settings);
        env.execute(settings.get(Options.NAME));
    }

    /** Adds Babble's operators to {@code env}, between the topics that the options name. */
    public static void onKafka(StreamExecutionEnvironment env, Settings settings) {
        Configuration job = new Configuration();
        job.set(PipelineOptions.GENERIC_TYPES, false);
        env.configure(job);
        KafkaWiring kafka = new KafkaWiring(settings);
        Topology.define(env, settings, kafka.sources(), kafka.sinks());
    }
}

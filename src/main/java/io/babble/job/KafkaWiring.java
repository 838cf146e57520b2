package io.babble.job;

import io.babble.job.Topology.Sinks;
import io.babble.job.Topology.Sources;
import io.babble.job.options.Option;
import io.babble.job.options.Options;
import io.babble.job.options.Settings;
import io.babble.job.source.InputTopic;
import io.babble.job.source.PieceSource;
import io.babble.job.source.TopicSource;
import io.babble.records.DeadLetterSerializer;
import io.babble.records.KafkaRecords;
import io.babble.records.RawRecord;
import java.util.Properties;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;

/** The topology's Kafka sources and sinks. */
final class KafkaWiring {
    /** Brokers refuse a transaction timeout above their own maximum, by default 15 minutes. */
    private static final String TRANSACTION_TIMEOUT_MS = "900000";

    /**
     * Kafka's own default also reads records of transactions that are aborted later, and what is learned cannot be
     * taken back.
     */
    private static final String ISOLATION_LEVEL = "read_committed";

    /**
     * A poll decompresses its records, and Flink holds the records of some polls: with Kafka's default of 500 a
     * kilobyte may become gigabytes.
     */
    private static final String MAX_POLL_RECORDS = "16";

    private final Settings settings;
    private final Properties kafka;

    KafkaWiring(Settings settings) {
        this.settings = settings;
        kafka = settings.kafka();
    }

    /**
     * A job without restored state reads all text from the beginning. Of the prompts it skips those that an earlier job
     * of the same name has answered, as far as its offsets were committed.
     */
    @SuppressWarnings("deprecation") // the connector still asks for Kafka's OffsetResetStrategy
    Sources sources() {
        PieceSource text = new PieceSource(
                source(Options.TEXT_TOPIC, OffsetsInitializer.earliest()),
                settings.get(Options.TEXT_MAX_BYTES),
                settings.get(Options.STREAMS_SHARED));
        return new Sources(
                text, source(Options.PROMPTS_TOPIC, OffsetsInitializer.committedOffsets(OffsetResetStrategy.EARLIEST)));
    }

    Sinks sinks() {
        String name = settings.get(Options.NAME);
        OutputTopic reports = new OutputTopic(settings.get(Options.REPORTS_TOPIC), kafka);
        OutputTopic samples = new OutputTopic(settings.get(Options.SAMPLES_TOPIC), kafka);
        OutputTopic deadLetters = new OutputTopic(settings.get(Options.DEAD_LETTERS_TOPIC), kafka);
        return new Sinks(
                sink("reports", reports, KafkaRecords.reports(reports.name(), name)),
                sink("samples", samples, KafkaRecords.samples(samples.name())),
                sink(
                        "dead-letters",
                        deadLetters,
                        new DeadLetterSerializer(deadLetters.name(), deadLetters::maxRecordBytes)));
    }

    private TopicSource source(Option<String> option, OffsetsInitializer begin) {
        InputTopic topic = new InputTopic(option.key(), settings.get(option), kafka);
        Properties consumer = new Properties();
        consumer.setProperty("isolation.level", ISOLATION_LEVEL);
        consumer.setProperty("max.poll.records", MAX_POLL_RECORDS);
        consumer.putAll(kafka);
        KafkaSource<RawRecord> records = KafkaSource.<RawRecord>builder()
                .setTopics(topic.name())
                .setGroupId(settings.get(Options.NAME))
                .setStartingOffsets(begin)
                .setDeserializer(KafkaRecords.raw())
                .setProperties(consumer)
                .build();
        return new TopicSource(records, topic);
    }

    private <T> OutputSink<T> sink(String output, OutputTopic topic, KafkaRecordSerializationSchema<T> records) {
        Properties producer = new Properties();
        producer.setProperty("transaction.timeout.ms", TRANSACTION_TIMEOUT_MS);
        producer.putAll(kafka);
        return new OutputSink<>(KafkaSink.<T>builder()
                .setKafkaProducerConfig(producer)
                .setRecordSerializer(new OutputSerializer<>(records, topic))
                .setDeliveryGuarantee(settings.get(Options.DELIVERY))
                .setTransactionalIdPrefix(settings.get(Options.NAME) + "-" + output)
                .build());
    }
}

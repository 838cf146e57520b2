package io.babble.embedded;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicBoolean;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;

/**
 * A single KRaft node, broker and controller, on 127.0.0.1. It keeps topics and offsets in its folder and recovers them
 * when it is started again, also after {@code kill -9}.
 */
public final class EmbeddedKafka implements AutoCloseable {
    private static final int NODE = 1;
    private static final String CLUSTER = "BabbleEmbeddedKafka000";
    private static final String CONTROLLER = "CONTROLLER";

    private final FolderLock lock;
    private final int port;
    private final KafkaRaftServer server;
    private final AtomicBoolean closed = new AtomicBoolean();

    private EmbeddedKafka(FolderLock lock, int port, KafkaRaftServer server) {
        this.lock = lock;
        this.port = port;
        this.server = server;
    }

    /**
     * Starts the broker. It accepts clients when this returns.
     *
     * @param folder for the data; created if it does not exist
     * @param port to listen on, 0 for any free one
     * @throws IllegalStateException when the folder or the port is in use
     */
    public static EmbeddedKafka start(Path folder, int port) {
        return start(folder, port, Map.of());
    }

    /**
     * As {@link #start(Path, int)}.
     *
     * @param overrides settings of Kafka that override the ones of this class
     */
    public static EmbeddedKafka start(Path folder, int port, Map<String, String> overrides) {
        if (folder.toString().contains(",")) {
            throw new IllegalStateException("Kafka cannot keep its data in " + folder
                    + ", since its name has a comma: choose another data folder");
        }
        FolderLock lock = FolderLock.acquireWhole(folder);
        EmbeddedKafka started = null;
        try {
            int clients = Ports.free(port, "Kafka");
            Path logs = folder.resolve("logs");
            format(logs);
            Properties settings = settings(logs, clients, Ports.free(0, "Kafka's controller"));
            settings.putAll(overrides);
            KafkaRaftServer server = new KafkaRaftServer(new KafkaConfig(settings, false), Time.SYSTEM);
            startUp(server);
            started = new EmbeddedKafka(lock, clients, server);
            return started;
        } finally {
            if (started == null) {
                lock.close();
            }
        }
    }

    /** Kafka itself leaves the controller running when the broker fails to start, with an exception of any type. */
    private static void startUp(KafkaRaftServer server) {
        boolean started = false;
        try {
            server.startup();
            started = true;
        } finally {
            if (!started) {
                shutDown(server);
            }
        }
    }

    private static void shutDown(KafkaRaftServer server) {
        server.shutdown();
        server.awaitShutdown();
    }

    public String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    /** Shuts the broker down cleanly. Does nothing if it is closed already. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            try (lock) {
                shutDown(server);
            }
        }
    }

    /** Does nothing if the folder is formatted already. */
    private static void format(Path logs) {
        Formatter formatter = new Formatter()
                .setNodeId(NODE)
                .setClusterId(CLUSTER)
                .addDirectory(logs.toString())
                .setControllerListenerName(CONTROLLER)
                .setMetadataLogDirectory(logs.toString())
                .setIgnoreFormatted(true)
                .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
        try {
            formatter.run();
        } catch (Exception e) {
            throw new IllegalStateException(
                    "Cannot use " + logs + " for Kafka (" + e.getMessage()
                            + "): choose another data folder, or start fresh",
                    e);
        }
    }

    private static Properties settings(Path logs, int clients, int controller) {
        Map<String, Object> settings = new HashMap<>(Map.of(
                "node.id",
                NODE,
                "process.roles",
                "broker,controller",
                "controller.listener.names",
                CONTROLLER,
                "controller.quorum.voters",
                NODE + "@127.0.0.1:" + controller,
                "listeners",
                "PLAINTEXT://127.0.0.1:" + clients + ",CONTROLLER://127.0.0.1:" + controller,
                "listener.security.protocol.map",
                "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
                "log.dirs",
                logs.toString()));
        settings.putAll(Map.of(
                "auto.create.topics.enable", false,
                "offsets.topic.replication.factor", 1,
                "offsets.topic.num.partitions", 4,
                "transaction.state.log.replication.factor", 1,
                "transaction.state.log.min.isr", 1,
                "transaction.state.log.num.partitions", 4,
                // Flink's Kafka sink requests an hour.
                "transaction.max.timeout.ms", 3_600_000,
                "group.initial.rebalance.delay.ms", 0));
        settings.putAll(Map.of(
                // After kill -9 the broker cannot start before its previous session has expired.
                "broker.session.timeout.ms", 3_000,
                "broker.heartbeat.interval.ms", 500,
                "log.segment.bytes", 64 << 20,
                "log.index.size.max.bytes", 1 << 20,
                "log.retention.bytes", 1L << 30,
                "log.cleaner.threads", 1,
                "log.cleaner.dedupe.buffer.size", 4 << 20,
                "num.network.threads", 2,
                "num.io.threads", 2));
        Properties properties = new Properties();
        settings.forEach((name, value) -> properties.setProperty(name, value.toString()));
        return properties;
    }
}

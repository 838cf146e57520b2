package io.babble.job;

import io.babble.embedded.EmbeddedFlink;
import io.babble.embedded.TaskManagerLoss;
import java.nio.file.Path;
import java.util.Map;
import org.apache.flink.configuration.Configuration;

/** A broker, and a cluster in this JVM, for services to run on. */
final class Stage implements AutoCloseable {
    private static final int SLOTS = 4;

    private final TestKafka kafka;
    private final EmbeddedFlink flink;
    private final TaskManagerLoss loss;

    /** Starts a broker and a cluster, both in this JVM. */
    Stage(Path folder, Configuration options) {
        this(folder, TestKafka.inProcess(folder.resolve("kafka"), Map.of()), options);
    }

    /**
     * Starts the cluster.
     *
     * @param kafka belongs to the stage from here on
     * @param options of Flink
     */
    Stage(Path folder, TestKafka kafka, Configuration options) {
        this.kafka = kafka;
        flink = EmbeddedFlink.start(new EmbeddedFlink.Place(folder.resolve("flink"), SLOTS, 0, 0), options);
        loss = new TaskManagerLoss(flink);
    }

    /** A service that has not started, with topics of its own. */
    Service service(String name, int parallelism, String... options) {
        return new Service(kafka.bootstrapServers(), flink, name, parallelism, options);
    }

    /** As {@link TaskManagerLoss#replaceTaskManager}. */
    void loseTaskManager() {
        loss.replaceTaskManager();
    }

    @Override
    public void close() {
        flink.close();
        kafka.close();
    }
}

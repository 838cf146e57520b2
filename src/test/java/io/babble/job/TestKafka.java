package io.babble.job;

import io.babble.embedded.EmbeddedKafka;
import java.nio.file.Path;
import java.util.Map;

/** The broker that a test runs on. */
record TestKafka(String bootstrapServers, Runnable stop) implements AutoCloseable {
    /** @param settings of Kafka */
    static TestKafka inProcess(Path folder, Map<String, String> settings) {
        EmbeddedKafka kafka = EmbeddedKafka.start(folder, 0, settings);
        return new TestKafka(kafka.bootstrapServers(), kafka::close);
    }

    @Override
    public void close() {
        stop.run();
    }
}

package io.babble.job;

import static org.assertj.core.api.Assumptions.assumeThat;

import com.github.dockerjava.api.exception.NotFoundException;
import io.babble.embedded.EmbeddedKafka;
import java.nio.file.Path;
import java.util.Map;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.kafka.KafkaContainer;

/** The broker that a test runs on. */
record TestKafka(String bootstrapServers, Runnable stop) implements AutoCloseable {
    private static final String IMAGE = "apache/kafka:4.2.2";

    /** @param settings of Kafka */
    static TestKafka inProcess(Path folder, Map<String, String> settings) {
        EmbeddedKafka kafka = EmbeddedKafka.start(folder, 0, settings);
        return new TestKafka(kafka.bootstrapServers(), kafka::close);
    }

    /** Skips the test where there is no Docker engine or the image is not there; nothing is pulled. */
    static TestKafka inContainer() {
        assumeThat(DockerClientFactory.instance().isDockerAvailable())
                .as("a Docker engine")
                .isTrue();
        assumeThat(hasImage()).as("the image " + IMAGE).isTrue();
        KafkaContainer kafka = new KafkaContainer(IMAGE);
        kafka.start();
        return new TestKafka(kafka.getBootstrapServers(), kafka::stop);
    }

    private static boolean hasImage() {
        try {
            DockerClientFactory.lazyClient().inspectImageCmd(IMAGE).exec();
            return true;
        } catch (NotFoundException e) {
            return false;
        }
    }

    @Override
    public void close() {
        stop.run();
    }
}

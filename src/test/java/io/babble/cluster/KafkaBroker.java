package io.babble.cluster;

import io.babble.JavaProcess;
import io.babble.embedded.EmbeddedKafka;
import io.babble.embedded.Ports;
import java.nio.file.Path;
import java.util.List;

/** The broker of the demo as a process of its own, which can be killed and comes back with its topics. */
final class KafkaBroker implements AutoCloseable {
    private final Path folder;
    private final int port;
    private JavaProcess process;
    private int starts;

    KafkaBroker(Path folder) {
        this.folder = folder;
        port = Ports.free(0, "Kafka");
        start();
    }

    /** The process: takes a folder and a port. */
    public static void main(String[] args) {
        EmbeddedKafka.start(Path.of(args[0]), Integer.parseInt(args[1]));
    }

    String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    void killAndRestart() {
        process.kill();
        start();
    }

    private void start() {
        process = JavaProcess.start(
                        folder.resolve("logs").resolve("broker-" + starts++),
                        JavaProcess.classPath(),
                        JavaProcess.quickToStart("-Xmx512m"),
                        List.of(
                                KafkaBroker.class.getName(),
                                folder.resolve("data").toString(),
                                Integer.toString(port)))
                .awaitListening(port);
    }

    @Override
    public void close() {
        process.close();
    }
}

package io.babble.cli;

import io.babble.embedded.EmbeddedFlink.Place;
import io.babble.embedded.Ports;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Ports of the embedded Flink. */
final class FlinkPorts {
    @Option(
            names = "--web-port",
            paramLabel = "PORT",
            defaultValue = "8081",
            description = "Port of Flink's web UI, 0 for any free one (default: ${DEFAULT-VALUE}).")
    private int web;

    @Option(
            names = "--metrics-port",
            paramLabel = "PORT",
            defaultValue = "9249",
            description = "Port of the Prometheus metrics, 0 for any free one (default: ${DEFAULT-VALUE}).")
    private int metrics;

    /**
     * Checks both ports before anything starts.
     *
     * @throws CommandFailed when a port is in use
     */
    void check() {
        check(web, "Flink's web UI", "--web-port");
        check(metrics, "the metrics", "--metrics-port");
    }

    Place place(Path folder, int slots) {
        return new Place(folder, slots, web, metrics);
    }

    static void check(int port, String server, String option) {
        if (port != 0 && Ports.inUse(port)) {
            throw new CommandFailed("Port " + port + " for " + server
                    + " is in use: stop the process that listens on it, or choose another port with " + option);
        }
    }
}

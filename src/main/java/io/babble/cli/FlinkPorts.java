package io.babble.cli;

import io.babble.embedded.EmbeddedFlink.Place;
import io.babble.embedded.Ports;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Where the Flink inside this process listens. */
final class FlinkPorts {
    @Option(
            names = "--web-port",
            paramLabel = "PORT",
            defaultValue = "8081",
            description = "Flink's web UI; 0 for any free port (${DEFAULT-VALUE}).")
    private int web;

    @Option(
            names = "--metrics-port",
            paramLabel = "PORT",
            defaultValue = "9249",
            description = "Metrics for Prometheus; 0 for any free port (${DEFAULT-VALUE}).")
    private int metrics;

    /**
     * Looks before anything starts.
     *
     * @throws CommandFailed when one is taken
     */
    void check() {
        check(web, "Flink's web UI", "--web-port");
        check(metrics, "the metrics", "--metrics-port");
    }

    Place place(Path folder, int slots) {
        return new Place(folder, slots, web, metrics);
    }

    static void check(int port, String what, String option) {
        if (port != 0 && Ports.inUse(port)) {
            throw new CommandFailed("Port " + port + " for " + what
                    + " is taken: stop what listens there, or choose another one with " + option);
        }
    }
}

package io.babble.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/** TCP ports of this machine's loopback address. */
public final class Ports {
    /**
     * Below the ephemeral ports, so that the system does not assign a port between this search and the start of the
     * server.
     */
    private static final int FIRST = 20_000;

    private static final int COUNT = 10_000;
    /** Never returns a port twice in this process: the server of an earlier one may not have started yet. */
    private static final AtomicInteger NEXT =
            new AtomicInteger(ThreadLocalRandom.current().nextInt(COUNT));

    private Ports() {}

    /** Whether a process listens on the port. */
    public static boolean inUse(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return !socket.isBound();
        } catch (IOException e) {
            return true;
        }
    }

    /**
     * Returns the port itself, or a free one for 0. To be called before a server starts, because Kafka terminates the
     * whole process when its port is in use.
     *
     * @param server for the error message
     * @throws IllegalStateException when a process listens on the port
     */
    public static int free(int port, String server) {
        if (port != 0) {
            if (inUse(port)) {
                throw new IllegalStateException("Port " + port + " for " + server
                        + " is in use: stop the process that listens on it, or choose another port");
            }
            return port;
        }
        for (int i = 0; i < COUNT; i++) {
            int candidate = FIRST + NEXT.getAndUpdate(next -> (next + 1) % COUNT);
            if (!inUse(candidate)) {
                return candidate;
            }
        }
        throw new IllegalStateException(
                "All ports from " + FIRST + " to " + (FIRST + COUNT - 1) + " are in use: choose one for " + server);
    }
}

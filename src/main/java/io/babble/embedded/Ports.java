package io.babble.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/** TCP ports of this machine's loopback address. */
public final class Ports {
    /** Below those that systems give to whoever asks for any: nobody gets one between its search and a server's start. */
    private static final int FIRST = 20_000;

    private static final int COUNT = 10_000;
    /** No port is found twice by one process, which may start a server later than it looks for the next port. */
    private static final AtomicInteger NEXT =
            new AtomicInteger(ThreadLocalRandom.current().nextInt(COUNT));

    private Ports() {}

    /** Whether somebody listens there. */
    public static boolean taken(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return !socket.isBound();
        } catch (IOException e) {
            return true;
        }
    }

    /**
     * The port itself, or a free one for 0. Asked for before a server starts, because Kafka ends the whole process when it finds
     * its port taken.
     *
     * @throws IllegalStateException when somebody listens there
     */
    public static int free(int port, String what) {
        if (port != 0) {
            if (taken(port)) {
                throw new IllegalStateException(
                        "Port " + port + " for " + what + " is taken: stop what listens there, or choose another port");
            }
            return port;
        }
        for (int i = 0; i < COUNT; i++) {
            int any = FIRST + NEXT.getAndUpdate(next -> (next + 1) % COUNT);
            if (!taken(any)) {
                return any;
            }
        }
        throw new IllegalStateException(
                "All ports from " + FIRST + " to " + (FIRST + COUNT - 1) + " are taken: choose one for " + what);
    }
}

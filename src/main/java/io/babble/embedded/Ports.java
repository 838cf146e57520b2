package io.babble.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** TCP ports of this machine's loopback address. */
public final class Ports {
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
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new IllegalStateException(
                    "Port " + port + " for " + what + " is taken: stop what listens there, or choose another port", e);
        }
    }
}

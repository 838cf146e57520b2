package io.babble.client;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.errors.InterruptException;

/**
 * Publishes a text once in a background thread, its streams in turns and no faster than the learner. It resumes where
 * an earlier publisher of the same streams stopped.
 */
public final class PacedPublisher implements AutoCloseable {
    public static final int RECORD_BYTES = 1_024;

    private final KafkaClients clients;
    private final String topic;
    private final List<String> streams;
    private final Text text;
    private final FlowControl flowControl;
    private final Thread thread = new Thread(this::run, "publish");
    private final AtomicReference<RuntimeException> failure = new AtomicReference<>();
    private volatile TextSender sender; // null before the first record

    /** The text of several streams. */
    public interface Text {
        /**
         * Reads up to {@code maxBytes} of a stream from {@code position} on. The array is empty at the end of the
         * stream.
         */
        byte[] read(int stream, long position, int maxBytes) throws IOException;
    }

    private PacedPublisher(
            KafkaClients clients, String topic, List<String> streams, Text text, FlowControl flowControl) {
        this.clients = clients;
        this.topic = topic;
        this.streams = streams;
        this.text = text;
        this.flowControl = flowControl;
    }

    /**
     * Starts to publish.
     *
     * @param streams names; the index in this list is the stream's number in {@code text}
     */
    public static PacedPublisher start(
            KafkaClients clients, String topic, List<String> streams, Text text, FlowControl flowControl) {
        PacedPublisher publisher = new PacedPublisher(clients, topic, streams, text, flowControl);
        publisher.thread.setDaemon(true);
        publisher.thread.start();
        return publisher;
    }

    /**
     * Throws if publishing has failed.
     *
     * @throws TopicException with the reason
     */
    public void check() {
        TextSender current = sender;
        if (current != null) {
            current.check(); // the publishing thread may be waiting for capacity, or for the producer to close
        }
        RuntimeException e = failure.get();
        if (e != null) {
            throw e;
        }
    }

    /** Stops publishing and waits until records that are being sent have arrived. */
    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            publish();
        } catch (InterruptedException | InterruptException e) {
            Thread.currentThread().interrupt();
        } catch (TopicException e) {
            failure.set(e);
        } catch (IOException | RuntimeException e) {
            failure.set(clients.failure(topic, e));
        }
    }

    private void publish() throws IOException, InterruptedException {
        Map<String, Long> published = PublishedPositions.last(clients, topic, Set.copyOf(streams));
        long[] positions = streams.stream()
                .mapToLong(stream -> published.getOrDefault(stream, 0L))
                .toArray();
        sender = new TextSender(clients, topic);
        try (TextSender closed = sender) {
            boolean more = true;
            while (more) {
                more = false;
                for (int i = 0; i < positions.length; i++) {
                    flowControl.awaitCapacity();
                    sender.check();
                    byte[] piece = text.read(i, positions[i], RECORD_BYTES);
                    if (piece.length > 0) {
                        more = true;
                        positions[i] += piece.length;
                        sender.send(streams.get(i), piece, positions[i]);
                        flowControl.onSent(piece.length);
                    }
                }
            }
            closed.flush();
            closed.check();
        }
    }
}

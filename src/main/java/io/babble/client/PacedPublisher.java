package io.babble.client;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
    private final Text text;
    private final FlowControl flowControl;
    private final Thread thread = new Thread(this::run, "publish");
    private final AtomicReference<RuntimeException> failure = new AtomicReference<>();
    private volatile TextSender sender; // null before the first record

    /** The text of several streams. One with the same name in another publisher has the same text. */
    public interface Text {
        /** The names of the streams; a stream's number is the index in this list. */
        List<String> streams();

        /** Bytes of a stream. */
        long length(int stream);

        /**
         * Reads up to {@code maxBytes} of a stream from {@code position} on. The array is empty at the end of the
         * stream.
         */
        byte[] read(int stream, long position, int maxBytes) throws IOException;

        /**
         * What was saved last: how many bytes of a stream were published. The topic says it more exactly, as long as it
         * has the stream's last records.
         */
        Map<String, Long> published() throws IOException;

        void savePublished(Map<String, Long> positions) throws IOException;
    }

    private PacedPublisher(KafkaClients clients, String topic, Text text, FlowControl flowControl) {
        this.clients = clients;
        this.topic = topic;
        this.text = text;
        this.flowControl = flowControl;
    }

    /** Starts to publish. */
    public static PacedPublisher start(KafkaClients clients, String topic, Text text, FlowControl flowControl) {
        PacedPublisher publisher = new PacedPublisher(clients, topic, text, flowControl);
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
        } catch (InterruptException e) {
            Thread.currentThread().interrupt();
        } catch (TopicException e) {
            failure.set(e);
        } catch (IOException e) {
            failure.set(new TopicException("Cannot publish the text: " + e.getMessage(), e));
        } catch (RuntimeException e) {
            failure.set(clients.failure(topic, e));
        }
    }

    private void publish() throws IOException {
        Map<String, Long> positions = published();
        text.savePublished(positions);
        sender = new TextSender(clients, topic);
        try (TextSender closed = sender) {
            sendInTurns(closed, positions);
        } catch (InterruptedException e) {
            // Stopped: what was sent so far has arrived when the sender is closed, or check() says why not.
        }
        sender.check();
        text.savePublished(positions);
    }

    /** How many bytes of each stream were published, as far as this can be the case. */
    private Map<String, Long> published() throws IOException {
        List<String> streams = text.streams();
        Map<String, Long> lengths = new HashMap<>();
        for (int i = 0; i < streams.size(); i++) {
            lengths.put(streams.get(i), text.length(i));
        }
        Map<String, Long> positions = PublishedPositions.last(clients, topic, lengths);
        Map<String, Long> saved = text.published();
        lengths.forEach((stream, length) ->
                positions.merge(stream, Math.min(saved.getOrDefault(stream, 0L), length), Math::max));
        return positions;
    }

    private void sendInTurns(TextSender sender, Map<String, Long> positions) throws IOException, InterruptedException {
        List<String> streams = text.streams();
        boolean more = true;
        while (more) {
            more = false;
            for (int i = 0; i < streams.size(); i++) {
                flowControl.awaitCapacity();
                sender.check();
                String stream = streams.get(i);
                byte[] piece = text.read(i, positions.get(stream), RECORD_BYTES);
                if (piece.length > 0) {
                    more = true;
                    long position = positions.get(stream) + piece.length;
                    sender.send(stream, piece, position);
                    positions.put(stream, position);
                    flowControl.onSent(piece.length);
                }
            }
        }
    }
}

package io.babble.client;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.errors.InterruptException;

/**
 * Publishes a text once, its streams side by side and at the learner's pace, and resumes where an earlier publisher of the same
 * streams stopped.
 */
public final class PacedPublisher implements AutoCloseable {
    public static final int RECORD_BYTES = 1_024;

    private final KafkaClients clients;
    private final String topic;
    private final List<String> streams;
    private final Text text;
    private final Lead lead;
    private final Thread thread = new Thread(this::run, "publish");
    private final AtomicReference<RuntimeException> failure = new AtomicReference<>();

    /** The text of some streams. */
    public interface Text {
        /** At most {@code most} bytes of a stream from {@code position} on; none at its end. */
        byte[] read(int stream, long position, int most) throws IOException;
    }

    private PacedPublisher(KafkaClients clients, String topic, List<String> streams, Text text, Lead lead) {
        this.clients = clients;
        this.topic = topic;
        this.streams = streams;
        this.text = text;
        this.lead = lead;
    }

    /**
     * Begins to publish.
     *
     * @param streams their names, in the order in which {@code text} counts them
     */
    public static PacedPublisher start(KafkaClients clients, String topic, List<String> streams, Text text, Lead lead) {
        PacedPublisher publisher = new PacedPublisher(clients, topic, streams, text, lead);
        publisher.thread.setDaemon(true);
        publisher.thread.start();
        return publisher;
    }

    /**
     * Returns while all is well.
     *
     * @throws TopicException when nothing can be published any more
     */
    public void check() {
        RuntimeException e = failure.get();
        if (e != null) {
            throw e;
        }
    }

    /** Sends what was begun, and then nothing more. */
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
            failure.set(clients.failed(topic, e));
        }
    }

    private void publish() throws IOException, InterruptedException {
        Map<String, Long> published = Positions.last(clients, topic, Set.copyOf(streams));
        long[] positions = streams.stream()
                .mapToLong(stream -> published.getOrDefault(stream, 0L))
                .toArray();
        try (TextSender sender = new TextSender(clients, topic)) {
            boolean more = true;
            while (more) {
                more = false;
                for (int i = 0; i < positions.length; i++) {
                    lead.await();
                    sender.check();
                    byte[] piece = text.read(i, positions[i], RECORD_BYTES);
                    if (piece.length > 0) {
                        more = true;
                        positions[i] += piece.length;
                        sender.send(streams.get(i), piece, positions[i]);
                        lead.sent(piece.length);
                    }
                }
            }
            sender.flush();
            sender.check();
        }
    }
}

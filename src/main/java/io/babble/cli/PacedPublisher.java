package io.babble.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Publishes a text once, its streams side by side and at the pace of the learner, and goes on where an earlier publisher of the same
 * streams ended.
 */
final class PacedPublisher implements AutoCloseable {
    static final int RECORD_BYTES = 1_024;

    private final Broker broker;
    private final String topic;
    private final CutText text;
    private final Lead lead;
    private final List<String> streams = new ArrayList<>();
    private final Thread thread = new Thread(this::publish, "publish");
    private final AtomicReference<Exception> failure = new AtomicReference<>();

    private PacedPublisher(Broker broker, String topic, String name, CutText text, Lead lead) {
        this.broker = broker;
        this.topic = topic;
        this.text = text;
        this.lead = lead;
        for (int i = 1; i <= text.streams(); i++) {
            // With their number in the name: cut otherwise, they are other streams.
            streams.add(name + "-" + i + "-of-" + text.streams());
        }
    }

    /**
     * Begins to publish.
     *
     * @param name of the text, with which its streams' names begin
     */
    static PacedPublisher start(Broker broker, String topic, String name, CutText text, Lead lead) {
        PacedPublisher publisher = new PacedPublisher(broker, topic, name, text, lead);
        publisher.thread.setDaemon(true);
        publisher.thread.start();
        return publisher;
    }

    /**
     * Returns while all is well.
     *
     * @throws CommandFailed when nothing can be published any more
     */
    void check() {
        Exception e = failure.get();
        if (e != null) {
            throw broker.failed(topic, e);
        }
    }

    /** What was begun is sent, and then nothing more. */
    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void publish() {
        try {
            Map<String, Long> last = Positions.last(broker, topic, Set.copyOf(streams));
            long[] positions = streams.stream()
                    .mapToLong(stream -> last.getOrDefault(stream, 0L))
                    .toArray();
            try (Producer<byte[], byte[]> producer = broker.producer()) {
                boolean more = true;
                while (more && failure.get() == null) {
                    more = false;
                    for (int i = 0; i < positions.length; i++) {
                        lead.await();
                        int bytes = send(producer, i, positions[i]);
                        positions[i] += bytes;
                        more |= bytes > 0;
                    }
                }
            }
        } catch (InterruptedException | org.apache.kafka.common.errors.InterruptException e) {
            Thread.currentThread().interrupt();
        } catch (IOException | RuntimeException e) {
            failure.compareAndSet(null, e);
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // The callback keeps what goes wrong.
    private int send(Producer<byte[], byte[]> producer, int stream, long position) throws IOException {
        byte[] piece = text.at(stream, position, RECORD_BYTES);
        if (piece.length == 0) {
            return 0;
        }
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(topic, streams.get(stream).getBytes(UTF_8), piece);
        Positions.write(record.headers(), position + piece.length);
        producer.send(record, (metadata, e) -> {
            if (e != null) {
                failure.compareAndSet(null, e);
            }
        });
        lead.sent(piece.length);
        return piece.length;
    }
}

package io.babble.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Sends text to its topic without waiting for each record, and remembers the first error. */
public final class TextSender implements AutoCloseable {
    private final KafkaClients clients;
    private final String topic;
    private final Producer<byte[], byte[]> producer;
    private final AtomicReference<Exception> failure = new AtomicReference<>();

    public TextSender(KafkaClients clients, String topic) {
        this.clients = clients;
        this.topic = topic;
        producer = clients.producer();
    }

    /** Sends the next bytes of a stream. */
    public void send(String stream, byte[] text) {
        send(record(stream, text));
    }

    /** Sends the next bytes of a stream, with the position after them. */
    void send(String stream, byte[] text, long position) {
        ProducerRecord<byte[], byte[]> record = record(stream, text);
        PublishedPositions.write(record.headers(), position);
        send(record);
    }

    /** Ends a stream: its remaining text is learned and its state is discarded. */
    public void end(String stream) {
        send(record(stream, null));
    }

    /** Waits until all records were acknowledged or have failed. */
    public void flush() {
        producer.flush();
    }

    /**
     * Throws if a record could not be sent.
     *
     * @throws TopicException with the reason
     */
    public void check() {
        Exception e = failure.get();
        if (e != null) {
            throw clients.failure(topic, e);
        }
    }

    @Override
    public void close() {
        producer.close();
    }

    private ProducerRecord<byte[], byte[]> record(String stream, byte[] text) {
        return new ProducerRecord<>(topic, stream.getBytes(UTF_8), text);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // The callback stores the error.
    private void send(ProducerRecord<byte[], byte[]> record) {
        producer.send(record, (metadata, e) -> {
            if (e != null) {
                failure.compareAndSet(null, e);
            }
        });
    }
}

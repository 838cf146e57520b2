package io.babble.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Sends text to its topic without waiting for each record, and keeps the first error. */
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

    /** Sends the next bytes of a stream, with the position of the stream behind them. */
    void send(String stream, byte[] text, long position) {
        ProducerRecord<byte[], byte[]> record = record(stream, text);
        Positions.write(record.headers(), position);
        send(record);
    }

    /** Ends a stream: its rest is learned and its state dropped. */
    public void end(String stream) {
        send(record(stream, null));
    }

    /** Waits until everything that was sent has arrived or failed. */
    public void flush() {
        producer.flush();
    }

    /**
     * Returns while all is well.
     *
     * @throws TopicException when a record could not be sent
     */
    public void check() {
        Exception e = failure.get();
        if (e != null) {
            throw clients.failed(topic, e);
        }
    }

    @Override
    public void close() {
        producer.close();
    }

    private ProducerRecord<byte[], byte[]> record(String stream, byte[] text) {
        return new ProducerRecord<>(topic, stream.getBytes(UTF_8), text);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // The callback keeps the error.
    private void send(ProducerRecord<byte[], byte[]> record) {
        producer.send(record, (metadata, e) -> {
            if (e != null) {
                failure.compareAndSet(null, e);
            }
        });
    }
}

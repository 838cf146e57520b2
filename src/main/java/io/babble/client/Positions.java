package io.babble.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/**
 * How far each stream has been published. The topic itself knows it: every record says in a header where the next one begins, so
 * that a publisher that was killed neither repeats nor skips a byte.
 */
final class Positions {
    /** Header of a text record: bytes of its stream up to its end, a decimal number. */
    static final String HEADER = "babble.position";

    private static final long FIRST_LOOK = 1_000;
    private static final long LONGER_LOOK = 16;
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private Positions() {}

    static void write(Headers headers, long position) {
        headers.add(HEADER, Long.toString(position).getBytes(UTF_8));
    }

    /** Looks for the streams' last records, farther and farther back; a stream that has none is left out. */
    static Map<String, Long> last(KafkaClients clients, String topic, Set<String> streams) {
        List<TopicPartition> partitions = clients.partitions(topic);
        Map<String, Long> positions = new HashMap<>();
        try (Consumer<byte[], byte[]> consumer = clients.consumer()) {
            consumer.assign(partitions);
            Map<TopicPartition, Long> beginning = consumer.beginningOffsets(partitions);
            Map<TopicPartition, Long> end = consumer.endOffsets(partitions);
            long look = FIRST_LOOK;
            boolean all = false;
            while (!all && !positions.keySet().containsAll(streams)) {
                all = true;
                for (TopicPartition partition : partitions) {
                    long from = Math.max(beginning.get(partition), end.get(partition) - look);
                    consumer.seek(partition, from);
                    all &= from == beginning.get(partition);
                }
                read(consumer, end, streams, positions);
                look *= LONGER_LOOK;
            }
        }
        return positions;
    }

    private static void read(
            Consumer<byte[], byte[]> consumer,
            Map<TopicPartition, Long> end,
            Set<String> streams,
            Map<String, Long> positions) {
        while (end.entrySet().stream().anyMatch(last -> consumer.position(last.getKey()) < last.getValue())) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(PATIENCE)) {
                String stream = record.key() == null ? "" : new String(record.key(), UTF_8);
                if (streams.contains(stream)) {
                    position(record.headers()).ifPresent(position -> positions.put(stream, position));
                }
            }
        }
    }

    /** Empty where the header is missing, or another program wrote something else into it. */
    private static Optional<Long> position(Headers headers) {
        Header position = headers.lastHeader(HEADER);
        try {
            return position == null || position.value() == null
                    ? Optional.empty()
                    : Optional.of(Long.parseLong(new String(position.value(), UTF_8)));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}

package io.babble.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/**
 * How far each stream has been published. Every record stores in a header where the next one begins, so that a
 * publisher that was killed neither repeats nor skips a byte when it resumes.
 */
final class PublishedPositions {
    /** Header of a text record: bytes of its stream up to the end of the record, as a decimal number. */
    static final String HEADER = "babble.position";

    private static final long INITIAL_RECORDS = 1_000;
    private static final long GROWTH = 16;
    private static final Duration POLL_TIMEOUT = Duration.ofSeconds(1);

    private PublishedPositions() {}

    static void write(Headers headers, long position) {
        headers.add(HEADER, Long.toString(position).getBytes(UTF_8));
    }

    /**
     * Searches the end of the topic, and then longer parts of it, for the last record of each stream. The map has only
     * the streams that were found.
     *
     * @param lengths of the streams, bytes: a position that is not within its stream is another program's
     */
    static Map<String, Long> last(KafkaClients clients, String topic, Map<String, Long> lengths) {
        List<TopicPartition> partitions = clients.partitions(topic);
        Map<String, Long> positions = new HashMap<>();
        try (Consumer<byte[], byte[]> consumer = clients.consumer()) {
            consumer.assign(partitions);
            Map<TopicPartition, Long> beginning = consumer.beginningOffsets(partitions);
            Map<TopicPartition, Long> end = consumer.endOffsets(partitions);
            long records = INITIAL_RECORDS;
            boolean searchedAll = false;
            while (!searchedAll && !positions.keySet().containsAll(lengths.keySet())) {
                searchedAll = true;
                for (TopicPartition partition : partitions) {
                    long from = Math.max(beginning.get(partition), end.get(partition) - records);
                    consumer.seek(partition, from);
                    searchedAll &= from == beginning.get(partition);
                }
                read(consumer, end, lengths, positions);
                records *= GROWTH;
            }
        }
        return positions;
    }

    private static void read(
            Consumer<byte[], byte[]> consumer,
            Map<TopicPartition, Long> end,
            Map<String, Long> lengths,
            Map<String, Long> positions) {
        while (end.entrySet().stream().anyMatch(last -> consumer.position(last.getKey()) < last.getValue())) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL_TIMEOUT)) {
                String stream = record.key() == null ? "" : new String(record.key(), UTF_8);
                if (lengths.containsKey(stream)) {
                    position(record.headers())
                            .filter(position -> position >= 0 && position <= lengths.get(stream))
                            .ifPresent(position -> positions.put(stream, position));
                }
            }
        }
    }

    /** Empty if the header is missing or is not a number. */
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

package io.babble.job.source;

import io.babble.metrics.SourceMeters;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the offsets that retention deleted before they were read. Offsets also jump over the markers of transactions,
 * and over aborted and compacted records; what lies before the first offset that the broker still has is deleted text.
 * Some of it may have been markers, which nobody can tell now.
 *
 * <p>The reader never waits for the broker, and an answer that does not come is only logged. The broker is asked once a
 * second at most, as there is a jump behind every transaction.
 */
final class DeletedText implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DeletedText.class);
    private static final long SECONDS_BETWEEN_QUESTIONS = 1;
    /** More than a second has; further jumps are not looked at. */
    private static final int MAX_JUMPS = 100_000;

    private final LogStarts logStarts;
    private final SourceMeters meters;
    private final List<Jump> jumps = new ArrayList<>();
    private boolean asking;
    private boolean closed;

    /** The first offsets that the broker has. */
    interface LogStarts extends AutoCloseable {
        /** Asks for them; does not wait for the answer. */
        CompletionStage<Map<TopicPartition, Long>> of(Set<TopicPartition> partitions);

        @Override
        void close();
    }

    /** The record at {@code next} came where that at {@code expected} was to come. */
    private record Jump(TopicPartition partition, long expected, long next) {}

    /** @param logStarts belongs to it from here on */
    DeletedText(LogStarts logStarts, SourceMeters meters) {
        this.logStarts = logStarts;
        this.meters = meters;
    }

    /** Takes note of the record at {@code next}, which came where that at {@code expected} was to come. */
    synchronized void jumped(TopicPartition partition, long expected, long next) {
        if (jumps.size() < MAX_JUMPS) {
            jumps.add(new Jump(partition, expected, next));
        }
        if (!asking) {
            ask();
        }
    }

    private synchronized void ask() {
        asking = !closed && !jumps.isEmpty();
        if (!asking) {
            return;
        }
        List<Jump> asked = List.copyOf(jumps);
        jumps.clear();
        Set<TopicPartition> partitions = asked.stream().map(Jump::partition).collect(Collectors.toSet());
        starts(partitions).whenComplete((starts, failure) -> {
            if (failure == null) {
                asked.forEach(jump -> count(jump, starts.get(jump.partition())));
            } else {
                failed(partitions, failure);
            }
            CompletableFuture.delayedExecutor(SECONDS_BETWEEN_QUESTIONS, TimeUnit.SECONDS)
                    .execute(this::ask);
        });
    }

    private CompletionStage<Map<TopicPartition, Long>> starts(Set<TopicPartition> partitions) {
        try {
            return logStarts.of(partitions);
        } catch (RuntimeException e) {
            return CompletableFuture.failedStage(e);
        }
    }

    private void count(Jump jump, long start) {
        long lost = Math.min(start, jump.next()) - jump.expected();
        if (lost > 0) {
            meters.addLost(lost);
            LOG.warn(
                    "Text was deleted from {} before it was read: {} offsets from {} on. Retention must be longer than"
                            + " the job is stopped or behind.",
                    jump.partition(),
                    lost,
                    jump.expected());
        }
    }

    private synchronized void failed(Set<TopicPartition> partitions, Throwable failure) {
        if (!closed) {
            LOG.warn(
                    "Offsets of {} jumped, and whether text was deleted before it was read is not known, as the broker did not"
                            + " say where they begin: {}",
                    partitions,
                    failure.toString());
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        logStarts.close(); // without the lock: it waits for the thread that brings the answers
    }
}

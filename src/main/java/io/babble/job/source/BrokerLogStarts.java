package io.babble.job.source;

import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/** Asks the broker with an admin client, which is not created before the first question. */
final class BrokerLogStarts implements DeletedText.LogStarts {
    private static final int TIMEOUT_MILLIS = 10_000;

    private final Properties kafka;
    private Admin admin;
    private boolean closed;

    /** @param kafka settings of Kafka's clients */
    BrokerLogStarts(Properties kafka) {
        this.kafka = kafka;
    }

    @Override
    public CompletionStage<Map<TopicPartition, Long>> of(Set<TopicPartition> partitions) {
        Map<TopicPartition, OffsetSpec> starts =
                partitions.stream().collect(Collectors.toMap(Function.identity(), partition -> OffsetSpec.earliest()));
        return admin().listOffsets(starts, new ListOffsetsOptions().timeoutMs(TIMEOUT_MILLIS))
                .all()
                .toCompletionStage()
                .thenApply(offsets -> offsets.entrySet().stream()
                        .collect(Collectors.toMap(
                                Map.Entry::getKey, entry -> entry.getValue().offset())));
    }

    private synchronized Admin admin() {
        if (closed) {
            throw new IllegalStateException("The reader is closed");
        }
        if (admin == null) {
            admin = Admin.create(kafka);
        }
        return admin;
    }

    @Override
    public void close() {
        Admin open;
        synchronized (this) {
            closed = true;
            open = admin;
        }
        if (open != null) {
            open.close(Duration.ZERO);
        }
    }
}

package io.babble.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.babble.job.savepoint.NewSavepoint;
import io.babble.job.savepoint.Savepoint;
import io.babble.job.savepoint.TextOffset;
import io.babble.model.ModelCodec;
import io.babble.records.Report;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model that goes on with other topics, or elsewhere in the same ones. */
class OtherTopicIT {
    @TempDir
    static Path folder;

    private static Stage stage;

    @BeforeAll
    static void start() {
        stage = new Stage(folder, new Configuration());
    }

    @AfterAll
    static void stop() {
        stage.close();
    }

    @Test
    void aSavepointOfOtherTopicsIsRefusedUntilItHasNoPositions() throws Exception {
        try (Service first = stage.service("first", 1).started();
                Service second = stage.service("second", 2)) {
            first.publishByTurns(0, 3_000);
            first.awaitLearned(3_000);
            Path savepoint = first.stoppedWithSavepoint();

            assertRefused(second.changed("topics.prompts", "first.prompts"), savepoint, "first.text", "second.text");
            assertRefused(
                    second.changed("topics.text", "first.text", "topics.prompts", "second.prompts"),
                    savepoint,
                    "first.prompts",
                    "second.prompts");

            Path streams = folder.resolve("streams");
            NewSavepoint.withoutPositions(savepoint, streams);
            assertThat(pending(Savepoint.in(streams))).hasSize(3);
            second.changed("topics.text", "second.text").startedFrom(streams);
            second.publishByTurns(3_000, 5_000);
            second.awaitLearned(5_000);
            assertThat(second.lastReport().symbols()).isEqualTo(5_000);
        }
    }

    private static void assertRefused(Service service, Path savepoint, String then, String now) {
        assertThatThrownBy(() -> service.startedFrom(savepoint))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("has read the topic " + then)
                .hasMessageContaining("is " + now + ". Set it to " + then)
                .hasMessageContaining("babble import --from SAVEPOINT --to DIR");
        assertThat(service.status()).isEqualTo(JobStatus.FAILED);
    }

    @Test
    void aTopicThatWasCreatedAgainIsReported() throws Exception {
        try (Service service = stage.service("again", 1).started();
                LoggedLines log = LoggedLines.of("io.babble.job.source.TopicEnumerator")) {
            service.publishByTurns(0, 500);
            service.awaitLearned(500);
            Path savepoint = service.stoppedWithSavepoint();
            service.startedFrom(savepoint);
            service.publishByTurns(500, 600);
            service.awaitLearned(600);
            savepoint = service.stoppedWithSavepoint();
            assertThat(log.lines()).as("the same topic").isEmpty();

            service.createTextAgain();
            service.publishByTurns(0, 800);
            service.startedFrom(savepoint);

            service.awaitLearned(600 + 200);
            service.await("the warning", () -> !log.lines().isEmpty());
            assertThat(log.lines()).singleElement().asString().contains("The topic again.text was created again");
        }
    }

    @Test
    void aPoisonedModelIsRolledBackAndThePlaceIsKept() throws Exception {
        try (Service service = stage.service("poisoned", 2).started()) {
            service.publishByTurns(0, 6_000);
            service.publish("dead", new byte[] {(byte) 0xFF});
            service.awaitLearned(6_001);
            Path first = service.stoppedWithSavepoint();
            Path good = folder.resolve("good");
            GoldenSavepointIT.copy(first, good);
            service.publishByTurns(6_000, 9_000);
            service.publish("poison", new byte[2_000]);
            service.publish("dead", new byte[] {(byte) 0xFF});
            service.publish("half", new byte[] {(byte) 0xC3});
            service.startedFrom(first);
            service.awaitReport(
                    "all but half a character learned", last -> last.accepted() == 11_003 && last.pending() == 1);
            Path poisoned = service.stoppedWithSavepoint();
            Report before = service.lastReport();

            Path joined = folder.resolve("joined");
            NewSavepoint.joined(good, poisoned, joined);

            assertThat(ModelCodec.crc(Savepoint.in(joined).model()))
                    .isEqualTo(ModelCodec.crc(Savepoint.in(good).model()));
            assertThat(Savepoint.in(joined).textOffsets())
                    .isEqualTo(Savepoint.in(poisoned).textOffsets())
                    .extracting(TextOffset::topic)
                    .hasSize(2);
            assertThat(pending(Savepoint.in(joined)))
                    .isEqualTo(pending(Savepoint.in(poisoned)))
                    .containsEntry("key/half", 1);
            service.startedFrom(joined);
            service.publishByTurns(9_000, 10_000);
            service.awaitReport("what came later is learned", last -> last.symbols() == 7_000 && last.pending() == 1);
            assertThat(service.lastReport().accepted()).isEqualTo(7_000 + 1 + 2);
            assertThat(service.lastReport().dead()).isEqualTo(2);
            assertThat(service.lastReport().number()).isGreaterThan(before.number());
        }
    }

    private static Map<String, Integer> pending(Savepoint savepoint) throws Exception {
        Map<String, Integer> pending = new TreeMap<>();
        savepoint.streams((name, stream) -> pending.put(name, stream.pendingBytes()));
        return pending;
    }
}

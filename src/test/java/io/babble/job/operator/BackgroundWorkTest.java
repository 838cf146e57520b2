package io.babble.job.operator;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.streaming.runtime.tasks.StreamTaskActionExecutor;
import org.apache.flink.streaming.runtime.tasks.mailbox.MailboxExecutorImpl;
import org.apache.flink.streaming.runtime.tasks.mailbox.TaskMailboxImpl;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BackgroundWorkTest {
    private static final int MOST_RECORDS = 100;

    private final MailboxExecutor mailbox =
            new MailboxExecutorImpl(new TaskMailboxImpl(), 0, StreamTaskActionExecutor.IMMEDIATE);
    private int slices;
    private final BackgroundWork work = new BackgroundWork(mailbox, "test", () -> slices++, MOST_RECORDS);

    @BeforeEach
    void request() {
        work.request();
    }

    @Test
    void aSliceGivesWayToRecordsAsLongAsTheyCome() {
        for (int i = 0; i < 10; i++) {
            work.recordArrived();
            mailbox.tryYield();
        }
        assertThat(slices).isZero();

        mailbox.tryYield();
        assertThat(slices).isEqualTo(1);
    }

    @Test
    void recordsWithoutEndDoNotKeepItFromItsSlices() {
        int records = 0;
        while (slices == 0) {
            work.recordArrived();
            records++;
            mailbox.tryYield();
        }
        assertThat(records).isEqualTo(MOST_RECORDS);
    }

    @Test
    void askedForTwiceItIsOneSlice() {
        work.request();

        mailbox.tryYield();
        assertThat(mailbox.tryYield()).isFalse();
        assertThat(slices).isEqualTo(1);
    }

    @Test
    void whilePausedThereAreNoSlicesAndAfterwardsTheyGoOn() {
        work.pause(7);
        mailbox.tryYield();
        work.checkpointAborted(6);
        assertThat(mailbox.tryYield()).isFalse();
        assertThat(slices).isZero();

        work.checkpointAborted(7);
        mailbox.tryYield();
        assertThat(slices).isEqualTo(1);
    }
}

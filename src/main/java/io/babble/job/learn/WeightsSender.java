package io.babble.job.learn;

import io.babble.job.operator.BackgroundWork;
import io.babble.job.operator.Chunk;
import io.babble.job.options.Options;
import io.babble.job.options.Settings;
import io.babble.model.Learner;
import io.babble.model.Model;
import io.babble.model.ModelCodec;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.apache.flink.api.common.operators.MailboxExecutor;

/**
 * Sends weights to the writers now and then, chunk by chunk between other work. A set that is partly sent is not part
 * of a checkpoint: after a restart a new one is sent at once.
 */
final class WeightsSender {
    private static final long NEVER = -1;

    private final long every;
    private final Consumer<Chunk> out;
    private final BackgroundWork sending;
    private final Deque<Chunk> waiting = new ArrayDeque<>();
    private long lastVersion = NEVER;
    private long lastTime;

    WeightsSender(MailboxExecutor mailbox, Settings settings, Consumer<Chunk> out) {
        every = settings.get(Options.MODEL_EVERY).toMillis();
        this.out = out;
        sending = new BackgroundWork(mailbox, "send weights", this::sendOne);
    }

    /**
     * Begins to send a new set if the last one is sent and old enough, and the model has changed.
     *
     * @param now ms, as {@link io.babble.job.operator.Timers#now}
     */
    void offer(Learner learner, long now) throws IOException {
        boolean due = lastVersion == NEVER || now - lastTime >= every;
        if (waiting.isEmpty() && due && learner.version() != lastVersion) {
            lastTime = now;
            begin(learner);
            sending.request();
        }
    }

    private void begin(Learner learner) throws IOException {
        lastVersion = learner.version();
        ChunkOutput parts = new ChunkOutput();
        Model weights = learner.weightsSnapshot();
        ModelCodec.write(weights, parts);
        learner.release(weights);
        for (byte[] part : parts.all()) {
            waiting.add(new Chunk(lastVersion, waiting.size(), parts.all().size(), part));
        }
    }

    /**
     * Sends the rest of the current set and the newest one, all at once: after the input has ended no mails are run.
     */
    void sendNewest(Learner learner) throws IOException {
        sendAll();
        if (learner.version() != lastVersion) {
            begin(learner);
            sendAll();
        }
    }

    /** As {@link BackgroundWork#pause}. */
    void pause(long checkpointId) {
        sending.pause(checkpointId);
    }

    /** As {@link BackgroundWork#checkpointAborted}. */
    void checkpointAborted(long checkpointId) {
        sending.checkpointAborted(checkpointId);
    }

    private void sendOne() {
        if (waiting.isEmpty()) {
            return;
        }
        out.accept(waiting.remove());
        if (!waiting.isEmpty()) {
            sending.request();
        }
    }

    private void sendAll() {
        while (!waiting.isEmpty()) {
            out.accept(waiting.remove());
        }
    }

    /** Cuts the bytes that are written to it into chunks. */
    private static final class ChunkOutput extends OutputStream {
        private final List<byte[]> full = new ArrayList<>();
        private final ByteBuffer next = ByteBuffer.allocate(Chunk.MAX_BYTES);

        @Override
        public void write(int value) {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            for (int done = 0; done < length; ) {
                int count = Math.min(length - done, next.remaining());
                next.put(bytes, offset + done, count);
                done += count;
                if (!next.hasRemaining()) {
                    cut();
                }
            }
        }

        private void cut() {
            full.add(Arrays.copyOf(next.array(), next.position()));
            next.clear();
        }

        List<byte[]> all() {
            if (next.position() > 0) {
                cut();
            }
            return full;
        }
    }
}

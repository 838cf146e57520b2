package io.babble.text;

import io.babble.text.RecordPart.Ending;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Keeps the parts of a record together. A stream's records may come from several partitions, which are read side by
 * side: parts of another record wait until the current record is complete, and follow in the order in which their
 * records began.
 *
 * <p>The parts of one partition come in order, without gaps. So a record of which no more can come, as the topic was
 * deleted meanwhile, is given up as soon as another record of its partition begins.
 */
public final class RecordOrder {
    /** The record that is being read; null between two records, and then none waits. */
    private RecordId current;

    private final Deque<Waiting> waiting = new ArrayDeque<>(1);
    /** Those of {@link #waiting} that are not complete, at most one of each partition. */
    private final List<Waiting> incomplete = new ArrayList<>(0);

    private int waitingBytes;

    /**
     * Takes the next part.
     *
     * @param number of the part, larger than that of any before
     * @return the parts to be read now, in order
     */
    public List<RecordPart> arrived(RecordPart part, long number) {
        List<RecordPart> now = new ArrayList<>(1);
        boolean isContinued = part.record().equals(current) && !part.first();
        if (current != null && !isContinued && part.record().isOfPartition(current)) {
            current = null;
            release(now);
        }
        if (current == null || isContinued) {
            now.add(part);
            current = part.last() ? null : part.record();
            release(now);
        } else {
            await(part, number);
        }
        return now;
    }

    /**
     * Waits no longer for the rest of the current record; it counts as another record, if it comes.
     *
     * @return the parts to be read now, in order
     */
    public List<RecordPart> giveUpCurrent() {
        List<RecordPart> now = new ArrayList<>();
        current = null;
        release(now);
        return now;
    }

    /** Waits for nothing any more; returns the parts that have waited, in order. */
    public List<RecordPart> giveUpAll() {
        List<RecordPart> now = new ArrayList<>();
        do {
            current = null;
            release(now);
        } while (current != null);
        return now;
    }

    /** The number of the part that has waited longest. */
    public OptionalLong oldestNumber() {
        return waiting.isEmpty() ? OptionalLong.empty() : OptionalLong.of(waiting.getFirst().number);
    }

    /** Bytes of text that wait. */
    int waitingBytes() {
        return waitingBytes;
    }

    /** Whether no record is incomplete. */
    boolean isEmpty() {
        return current == null;
    }

    private void release(List<RecordPart> now) {
        while (current == null && !waiting.isEmpty()) {
            Waiting next = waiting.removeFirst();
            waitingBytes -= next.text.size();
            boolean isComplete = !incomplete.remove(next);
            now.add(next.part(isComplete));
            current = isComplete ? null : next.record;
        }
    }

    private void await(RecordPart part, long number) {
        Optional<Waiting> last = incomplete.stream()
                .filter(other -> other.record.isOfPartition(part.record()))
                .findFirst();
        last.ifPresent(incomplete::remove);
        Optional<Waiting> begun = last.filter(other -> other.record.equals(part.record()) && !part.first());
        if (begun.isEmpty() && changesNothing(part)) {
            return;
        }
        Waiting record = begun.orElseGet(() -> new Waiting(part.record(), part.timestamp(), number));
        if (begun.isEmpty()) {
            waiting.addLast(record);
        }
        if (!part.last()) {
            incomplete.add(record);
        }
        record.text.writeBytes(part.text());
        record.ending = part.ending();
        waitingBytes += part.text().length;
    }

    /** Records without text are not kept, as no bound on text would bound their number. */
    private boolean changesNothing(RecordPart part) {
        boolean endsAgain =
                part.ending() == Ending.STREAM && !waiting.isEmpty() && waiting.getLast().ending == Ending.STREAM;
        return part.last() && part.text().length == 0 && (part.ending() == Ending.NOTHING || endsAgain);
    }

    void write(DataOutput out) throws IOException {
        out.writeBoolean(current != null);
        if (current == null) {
            return;
        }
        current.write(out);
        out.writeInt(waiting.size());
        for (Waiting record : waiting) {
            record.write(out);
            out.writeBoolean(incomplete.contains(record));
        }
    }

    static RecordOrder read(DataInput in) throws IOException {
        RecordOrder order = new RecordOrder();
        if (!in.readBoolean()) {
            return order;
        }
        order.current = RecordId.read(in);
        for (int left = in.readInt(); left > 0; left--) {
            Waiting record = Waiting.read(in);
            order.waiting.addLast(record);
            if (in.readBoolean()) {
                order.incomplete.add(record);
            }
            order.waitingBytes += record.text.size();
        }
        return order;
    }

    /** The parts so far of a record that waits. */
    private static final class Waiting {
        private final RecordId record;
        private final long timestamp;
        private final long number;
        private final ByteArrayOutputStream text = new ByteArrayOutputStream(0);
        private Ending ending = Ending.NOTHING;

        Waiting(RecordId record, long timestamp, long number) {
            this.record = record;
            this.timestamp = timestamp;
            this.number = number;
        }

        RecordPart part(boolean complete) {
            return new RecordPart(record, timestamp, text.toByteArray(), ending, true, complete);
        }

        void write(DataOutput out) throws IOException {
            record.write(out);
            out.writeLong(timestamp);
            out.writeLong(number);
            out.writeByte(ending.code());
            out.writeInt(text.size());
            out.write(text.toByteArray());
        }

        static Waiting read(DataInput in) throws IOException {
            Waiting record = new Waiting(RecordId.read(in), in.readLong(), in.readLong());
            record.ending = Ending.of(in.readByte());
            byte[] text = new byte[in.readInt()];
            in.readFully(text);
            record.text.writeBytes(text);
            return record;
        }
    }
}

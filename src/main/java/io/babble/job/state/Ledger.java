package io.babble.job.state;

import io.babble.model.Model;
import io.babble.text.Content;
import io.babble.text.SavedForm;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * Totals that are kept over restarts. In bytes of text, {@code accepted = learned + pending + dead} holds at any
 * moment; the model itself counts what is learned.
 */
public final class Ledger {
    /** Version 1 had no unknown characters, as there was only the {@code bytes} alphabet. */
    private static final byte VERSION_1 = 1;

    private static final byte VERSION_2 = 2;

    private long accepted;
    private long dead;
    private long endOfTexts;
    private long unknown;
    private long clipped;
    private long skipped;
    private long reports;
    private long nextSample;

    /** The totals of a learner that starts with {@code model}: all that it has learned counts as accepted. */
    public static Ledger of(Model model) {
        Ledger ledger = new Ledger();
        ledger.accepted = model.symbols();
        return ledger;
    }

    /**
     * These totals for a learner that has learned so many symbols, and reads on from another's positions: what that one
     * has learned counts as neither accepted nor learned.
     *
     * @param other the totals of that learner; its reports are continued
     * @param pending bytes that wait in its streams
     */
    public Ledger readingFrom(Ledger other, long learned, long pending) {
        Ledger joined = new Ledger();
        joined.accepted = learned + pending + other.dead;
        joined.dead = other.dead;
        joined.endOfTexts = endOfTexts;
        joined.unknown = unknown;
        joined.clipped = clipped;
        joined.skipped = skipped;
        joined.reports = other.reports;
        joined.nextSample = nextSample;
        return joined;
    }

    public long accepted() {
        return accepted;
    }

    public long dead() {
        return dead;
    }

    public long endOfTexts() {
        return endOfTexts;
    }

    /** Characters that did not fit into the alphabet. */
    public long unknown() {
        return unknown;
    }

    public long clipped() {
        return clipped;
    }

    public long skipped() {
        return skipped;
    }

    public void addAccepted(int bytes) {
        accepted += bytes;
    }

    public void addDead(int bytes) {
        dead += bytes;
    }

    /** Adds the fresh text of a training step. */
    public void addContent(Content content) {
        endOfTexts += content.endOfTexts();
        unknown += content.unknown();
    }

    public void addClipped() {
        clipped++;
    }

    public void addSkipped() {
        skipped++;
    }

    /** The number of the next report. */
    public long nextReport() {
        return reports++;
    }

    /** Whether a sample is due after {@code symbols}; if so, the next one is due {@code every} symbols later. */
    public boolean sampleDue(long symbols, long every) {
        // It may have been set before a restart with a larger interval.
        nextSample = Math.min(nextSample, symbols + every);
        if (symbols < nextSample) {
            return false;
        }
        nextSample = symbols + every;
        return true;
    }

    /** Writes everything that {@link #read(DataInput)} needs, beginning with a version. */
    public void write(DataOutput out) throws IOException {
        out.writeByte(VERSION_2);
        out.writeLong(accepted);
        out.writeLong(dead);
        out.writeLong(endOfTexts);
        out.writeLong(clipped);
        out.writeLong(skipped);
        out.writeLong(reports);
        out.writeLong(nextSample);
        out.writeLong(unknown);
    }

    /**
     * Reads what {@link #write(DataOutput)} wrote.
     *
     * @throws IOException if a later version of this class wrote the bytes
     */
    public static Ledger read(DataInput in) throws IOException {
        byte version = SavedForm.readVersion(in, "A ledger", VERSION_2);
        Ledger ledger = new Ledger();
        ledger.accepted = in.readLong();
        ledger.dead = in.readLong();
        ledger.endOfTexts = in.readLong();
        ledger.clipped = in.readLong();
        ledger.skipped = in.readLong();
        ledger.reports = in.readLong();
        ledger.nextSample = in.readLong();
        ledger.unknown = version == VERSION_1 ? 0 : in.readLong();
        return ledger;
    }
}

package io.babble.job.source;

import java.util.List;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceOutput;

/** Puts what a reader gives out into a list. */
record PieceList(List<Piece> pieces) implements ReaderOutput<Piece> {
    @Override
    public void collect(Piece piece) {
        pieces.add(piece);
    }

    @Override
    public void collect(Piece piece, long timestamp) {
        pieces.add(piece);
    }

    @Override
    public SourceOutput<Piece> createOutputForSplit(String splitId) {
        return this;
    }

    @Override
    public void releaseOutputForSplit(String splitId) {}

    @Override
    public void emitWatermark(Watermark watermark) {}

    @Override
    public void markIdle() {}

    @Override
    public void markActive() {}
}

package io.babble.cli;

import io.babble.job.Settings;
import io.babble.model.writing.Decoder;
import io.babble.model.Learner;
import io.babble.model.writing.Text;
import java.util.ArrayList;
import java.util.List;

/** Babble's own, as {@code bench} measures it. */
final class BabbleEngine implements Engine {
    private final Runnable step;
    private final Runnable close;

    private BabbleEngine(Runnable step, Runnable close) {
        this.step = step;
        this.close = close;
    }

    static BabbleEngine learning(Bench.Work work, byte[] text) {
        Settings settings = Settings.of(work.options());
        Learner learner = settings.newLearner(settings.newBackend(), settings.newModel());
        EngineBench.Lanes windows = new EngineBench.Lanes(text, work.lanes(), work.steps());
        float[][] states = new float[work.lanes()][settings.shape().stateLength()];
        return new BabbleEngine(() -> learner.learn(windows.next(), states), learner::close);
    }

    static BabbleEngine writing(Bench.Work work) {
        Settings settings = Settings.of(work.options());
        Decoder decoder = settings.newDecoder(settings.newWritersBackend(), settings.newModel());
        List<Text> texts = new ArrayList<>(List.of(WritingBench.text(0)));
        return new BabbleEngine(
                () -> {
                    texts.replaceAll(text -> text.isDone() ? WritingBench.text(text.offset()) : text);
                    decoder.advance(texts);
                },
                decoder::close);
    }

    /** Nothing: it does that in every step. */
    @Override
    public void enter() {}

    @Override
    public void step() {
        step.run();
    }

    @Override
    public void close() {
        close.run();
    }
}

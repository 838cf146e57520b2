package io.babble.cli.bench;

import io.babble.job.options.EngineFactory;
import io.babble.cli.Babble;
import io.babble.job.options.Settings;
import io.babble.model.Learner;
import io.babble.model.writing.Decoder;
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

    static BabbleEngine learning(Work work, byte[] text) {
        Settings settings = Settings.of(work.options());
        EngineFactory engine = new EngineFactory(settings);
        Learner learner = engine.newLearner(engine.newBackend(), engine.newModel());
        EngineBench.Lanes windows = new EngineBench.Lanes(text, work.lanes(), work.steps());
        float[][] states = new float[work.lanes()][settings.shape().stateLength()];
        return new BabbleEngine(() -> learner.learn(windows.next(), states), learner::close);
    }

    static BabbleEngine writing(Work work) {
        Settings settings = Settings.of(work.options());
        EngineFactory engine = new EngineFactory(settings);
        Decoder decoder = engine.newDecoder(engine.newWriterBackend(), engine.newModel());
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

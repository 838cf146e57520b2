package io.babble.job.write;

import io.babble.job.internals.ModelSnapshot;
import io.babble.job.internals.ModelSnapshot.Role;
import io.babble.job.operator.TaskMemory;
import io.babble.job.options.EngineFactory;
import io.babble.job.options.Settings;
import io.babble.job.state.ModelSerializer;
import io.babble.model.Model;
import io.babble.model.ModelMismatchException;
import io.babble.model.writing.Decoder;
import io.babble.model.writing.Text;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.runtime.state.StateInitializationContext;

/** The weights that a writer writes with, in a decoder; none before the first have arrived. */
public final class WriterModel implements AutoCloseable {
    /** Savepoints of version 0.1 have the weights here. */
    public static final MapStateDescriptor<String, Model> WEIGHTS_0_1 =
            new MapStateDescriptor<>("weights", StringSerializer.INSTANCE, new ModelSerializer());

    private final Settings settings;
    private final EngineFactory engine;
    private final Configuration taskManager;
    private Decoder decoder;

    /** @param taskManager the TaskManager's own configuration */
    WriterModel(Settings settings, Configuration taskManager) {
        this.settings = settings;
        this.taskManager = taskManager;
        engine = new EngineFactory(settings);
    }

    /** The weights in restored state; empty for a job without any. */
    static Optional<Model> restored(StateInitializationContext context) throws Exception {
        Map<Role, Model> weights = ModelSnapshot.read(context);
        BroadcastState<String, Model> of01 = context.getOperatorStateStore().getBroadcastState(WEIGHTS_0_1);
        of01.immutableEntries().forEach(entry -> weights.put(Role.CURRENT, entry.getValue()));
        of01.clear();
        return Optional.ofNullable(weights.get(Role.CURRENT));
    }

    /**
     * Replaces the weights.
     *
     * @throws SuppressRestartsException if the model is not the one that the settings describe
     */
    void load(Model model) {
        try {
            if (decoder == null) {
                decoder = TaskMemory.use(
                        settings, taskManager, engine::newWriterBackend, backend -> engine.newDecoder(backend, model));
            } else {
                decoder.load(model);
            }
        } catch (ModelMismatchException e) {
            throw new SuppressRestartsException(e);
        }
    }

    boolean isLoaded() {
        return decoder != null;
    }

    Optional<Model> model() {
        return Optional.ofNullable(decoder).map(Decoder::model);
    }

    /** 0 before the first weights. */
    long version() {
        return model().map(Model::version).orElse(0L);
    }

    /** Moving average of its prequential loss; NaN before the first weights. */
    double bitsPerByte() {
        return model().map(model -> model.loss().average()).orElse(Double.NaN);
    }

    /** Decodes one symbol of each text. */
    void advance(List<Text> texts) {
        decoder.advance(texts);
    }

    @Override
    public void close() {
        if (decoder != null) {
            decoder.close();
        }
    }
}

package io.babble.job.learn;

import io.babble.job.internals.ModelSnapshot;
import io.babble.job.internals.ModelSnapshot.Role;
import io.babble.job.state.Ledger;
import io.babble.job.state.LedgerSerializer;
import io.babble.job.state.ModelSerializer;
import io.babble.job.state.ReplaySerializer;
import io.babble.model.Model;
import io.babble.model.Replay;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.runtime.state.StateInitializationContext;

/**
 * A learner's state that belongs to no stream: models, totals, and the replay buffer. {@link ModelSnapshot} writes the
 * models.
 */
public final class LearnerState {
    public static final ListStateDescriptor<Ledger> LEDGER =
            new ListStateDescriptor<>("ledger", new LedgerSerializer());
    public static final ListStateDescriptor<Replay> REPLAY =
            new ListStateDescriptor<>("replay", new ReplaySerializer());
    /** Savepoints of version 0.1 have the model here, and the last good one in a list of its own. */
    public static final ListStateDescriptor<Model> MODEL_0_1 =
            new ListStateDescriptor<>("model", new ModelSerializer());

    private static final ListStateDescriptor<Model> GOOD_0_1 = new ListStateDescriptor<>("good", new ModelSerializer());

    private final ListState<Ledger> ledger;
    private final ListState<Replay> replay;
    private final Map<Role, Model> models;

    /**
     * Refuses more than one learner, which the adaptive scheduler or an autoscaler may ask for: one of them would have
     * this state, and another would begin without.
     *
     * @throws SuppressRestartsException if there are more
     */
    static void requireOneLearner(int learners) {
        if (learners != 1) {
            throw new SuppressRestartsException(new IllegalStateException("The operator " + LearnOperator.UID
                    + " has parallelism " + learners
                    + ", but learners cannot share a model yet: neither a scheduler nor"
                    + " an autoscaler may change its parallelism of 1"));
        }
    }

    LearnerState(StateInitializationContext context) throws Exception {
        OperatorStateStore lists = context.getOperatorStateStore();
        ledger = lists.getListState(LEDGER);
        replay = lists.getListState(REPLAY);
        models = ModelSnapshot.read(context);
        takeFrom01(lists, MODEL_0_1, Role.CURRENT);
        takeFrom01(lists, GOOD_0_1, Role.LAST_GOOD);
    }

    private void takeFrom01(OperatorStateStore lists, ListStateDescriptor<Model> descriptor, Role role)
            throws Exception {
        ListState<Model> list = lists.getListState(descriptor);
        only(list).ifPresent(model -> models.put(role, model));
        list.clear();
    }

    /** Returns a restored model, once; empty for a job without restored state. */
    Optional<Model> takeModel(Role role) {
        return Optional.ofNullable(models.remove(role));
    }

    Optional<Ledger> ledger() throws Exception {
        return only(ledger);
    }

    Optional<Replay> replay() throws Exception {
        return only(replay);
    }

    void update(Ledger newLedger, Replay newReplay) throws Exception {
        ledger.update(List.of(newLedger));
        replay.update(List.of(newReplay));
    }

    private static <T> Optional<T> only(ListState<T> list) throws Exception {
        for (T value : list.get()) {
            return Optional.of(value);
        }
        return Optional.empty();
    }
}

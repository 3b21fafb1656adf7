"""The search for findings: baskets are tried in every scene, and what one shows is made as small as it can be."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from cxkit.loyalty._offers.decision import OfferOutcome
from cxkit.loyalty._trials.finding import OfferFinding, OfferFindingKind
from cxkit.loyalty._trials.hazards import Hazard, Sign
from cxkit.loyalty._trials.plans import Picks
from cxkit.loyalty._trials.trial import Trial, less

BEATEN: frozenset[OfferOutcome] = frozenset({"beaten", "units_used"})
"""The outcomes of offers that others keep from applying."""


class Search:
    """A search for findings that is under way.

    Attributes:
        hazards: What is looked for.
        findings: What was found.
        tried: How many baskets were tried.
        complete: Whether all that were planned were tried.
        reached: The ids of the offers that applied to any of them.
    """

    def __init__(self, looked_for: Mapping[OfferFindingKind, Hazard]) -> None:
        self.hazards = looked_for
        self.findings: list[OfferFinding] = []
        self.tried, self.complete = 0, True
        self.reached: set[str] = set()
        self._beaten: dict[str, tuple[Trial, Picks]] = {}

    def run(self, trials: Sequence[Trial], plans: Iterable[Picks], most: int) -> None:
        """Try baskets in every scene, as many as there may be."""
        for picks in plans if trials else ():
            for trial in trials:
                if self.tried == most:
                    self.complete = False
                    return
                self.tried += 1
                self._look(trial, picks)

    def _look(self, trial: Trial, picks: Picks) -> None:
        self._reach(trial, picks)
        for kind, hazard in self.hazards.items():
            if kind == "order" or not self._is_known(kind, trial.applied(picks)):
                for sign in hazard(trial, picks):
                    self._note(kind, hazard, trial, picks, sign)

    def _note(self, kind: OfferFindingKind, hazard: Hazard, trial: Trial, picks: Picks, sign: Sign) -> None:
        """Take down what a basket shows, unless fewer offers do the same."""
        if not self._is_known(kind, sign.offers):
            finding = _finding(kind, *_shrunk(hazard, trial, picks, sign))
            others = [known for known in self.findings if known.kind != kind or not _is_part(finding, known)]
            self.findings = [*others, finding]

    def _is_known(self, kind: OfferFindingKind, offers: frozenset[str]) -> bool:
        """Whether some of these offers were found to do the same without the others."""
        return any(found.kind == kind and offers.issuperset(found.offers) for found in self.findings)

    def _reach(self, trial: Trial, picks: Picks) -> None:
        """Note which offers apply, and which of the others would alone."""
        self.reached |= trial.applied(picks)
        beaten = {decision.offer for decision in trial.receipt(picks).trace if decision.outcome in BEATEN}
        for offer in trial.offers:
            if offer.id in beaten - self._beaten.keys() and trial.of([offer]).applied(picks):
                self._beaten[offer.id] = trial, picks

    def always_beaten(self) -> Iterator[OfferFinding]:
        """Find the offers that never applied where they would alone."""
        for offer, (trial, picks) in self._beaten.items():
            if offer not in self.reached:
                instead = ", ".join(sorted(trial.applied(picks)))
                yield OfferFinding(
                    kind="always_beaten", offers=(offer,), basket=trial.basket(picks), found=f"{instead} instead"
                )


def _is_part(finding: OfferFinding, other: OfferFinding) -> bool:
    return set(finding.offers) <= set(other.offers)


def _shrunk(hazard: Hazard, trial: Trial, picks: Picks, sign: Sign) -> tuple[Trial, Sign]:
    """Return the same finding with as few offers and units as can be found by taking them away one after another."""
    smaller = _smaller(trial, picks, sign.offers)
    while (step := next(smaller, None)) is not None:
        still = next((found for found in hazard(*step) if found.offers <= sign.offers), None)
        if still is not None:
            (trial, picks), sign = step, still
            smaller = _smaller(trial, picks, sign.offers)
    return trial, sign


def _smaller(trial: Trial, picks: Picks, offers: frozenset[str]) -> Iterator[tuple[Trial, Picks]]:
    """Yield trials of fewer offers, then baskets of fewer units."""
    if len(trial.offers) > len(offers):
        yield trial.of(offer for offer in trial.offers if offer.id in offers), picks
    for left_out in trial.offers if len(trial.offers) > 1 else ():
        yield trial.of(offer for offer in trial.offers if offer is not left_out), picks
    for place, number in picks.items():
        yield trial, less(picks, place, number)
        taken = number
        while taken := taken // 2:
            yield trial, less(picks, place, taken)


def _finding(kind: OfferFindingKind, trial: Trial, sign: Sign) -> OfferFinding:
    return OfferFinding(
        kind=kind,
        offers=tuple(sorted(offer.id for offer in trial.offers)),
        basket=trial.basket(sign.picks),
        then=None if sign.then is None else trial.basket(sign.then),
        found=sign.found,
        needed=sign.needed,
    )

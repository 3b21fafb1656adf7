"""The trace: what became of each offer, and what would change it."""

from collections.abc import Mapping, Sequence

from cxkit import _money
from cxkit.answers import Reason
from cxkit.loyalty._applying.lanes import Lane, Run
from cxkit.loyalty._applying.play import Play
from cxkit.loyalty._benefits.deal import Short, Taking
from cxkit.loyalty._offers.decision import OfferDecision, OfferOutcome
from cxkit.loyalty._offers.offer import Offer
from cxkit.loyalty._stock import units


class Trace:
    """What became of the offers of a run."""

    def __init__(self, runs: Sequence[Run], currency: str) -> None:
        """Look up where each offer had its turn: in the run that counts, which comes first, or in one that it beat."""
        self._currency = currency
        found, *beaten = runs
        self._takings: Mapping[str, Taking] = found.takings
        self._plays = {play.offer.id: (play, lane) for lane in found.lanes for play in lane.plays}
        self._elsewhere = {play.offer.id: (play, lane) for run in beaten for lane in run.lanes for play in lane.plays}
        self._barred = {offer: against for lane in found.lanes for offer, against in lane.barred.items()}

    def of(self, offer: Offer) -> OfferDecision:
        """Return what became of an offer that was open to the basket."""
        if offer.id in self._takings:
            taking = self._takings[offer.id]
            applied = Reason("applied", found=taking.times)
            return self._decision(offer, "applied", applied, discount=taking.saving, times=taking.times)
        if offer.id in self._plays:
            play, lane = self._plays[offer.id]
            return self._unable(play, lane) or self._kept_out(play, lane)
        unable = self._unable(*self._elsewhere[offer.id]) if offer.id in self._elsewhere else None
        return unable or self._beaten(offer, self._barred.get(offer.id) or tuple(sorted(self._takings)))

    def _unable(self, play: Play, lane: Lane) -> OfferDecision | None:
        """Say why an offer would not apply if it had the basket to itself; `None` where it would."""
        offer, full = play.offer, lane.shelf.left
        short = play.deal.short(full)
        shorts = play.shorts or ((short,) if short else ())
        if shorts:
            return self._lacking(offer, shorts)
        if once := play.unaffordable:
            needed = _money.from_minor(once.saving, self._currency)
            return self._decision(offer, "limit_reached", Reason("budget_left", needed=needed))
        if not play.alone or not play.take(full, play.alone).is_something:
            return self._decision(offer, "not_met", Reason("nothing_to_reduce"))
        return None

    def _kept_out(self, play: Play, lane: Lane) -> OfferDecision:
        """Say which offers keep out one that could have applied."""
        offer = play.offer
        rivals = tuple(other for other in lane.takings if not offer.combines(self._plays[other][0].offer))
        if rivals or lane.mode == "first":
            return self._beaten(offer, rivals or tuple(lane.takings))
        return self._used(play, lane)

    def _lacking(self, offer: Offer, shorts: Sequence[Short]) -> OfferDecision:
        """Say what the basket lacks for an offer."""
        return self._decision(
            offer,
            "not_met",
            *(short.reason for short in shorts),
            units_missing=max(short.units for short in shorts),
            money_missing=max(short.money for short in shorts),
            missing=self._words(shorts),
        )

    def _used(self, play: Play, lane: Lane) -> OfferDecision:
        """Say which offers took the units that this one would have used."""
        takers = tuple(offer for offer, taking in sorted(lane.takings.items()) if play.places.intersection(taking.used))
        if play.unitwise and all(self._plays[taker][0].unitwise for taker in takers):
            return self._beaten(play.offer, takers)
        short = play.short(lane.left) or Short(Reason("units", found=units(lane.left, play.deal.places)))
        reason = Reason("units_used", found=short.reason.found, needed=short.reason.needed)
        return self._decision(
            play.offer,
            "units_used",
            reason,
            units_missing=short.units,
            money_missing=short.money,
            missing=self._words([short]),
            beaten_by=takers,
        )

    def _words(self, shorts: Sequence[Short]) -> tuple[str, ...]:
        """Say what is missing, as a shop would."""
        said: list[str] = []
        for short in shorts:
            of = "" if short.of is None else f" ({short.of})"
            if short.units:
                kind = "sku" if short.reason.code == "skus" else "unit"
                said.append(f"{short.units} more {kind}{'' if short.units == 1 else 's'}{of}")
            if short.money:
                said.append(f"{_money.from_minor(short.money, self._currency)} {self._currency} more{of}")
        return tuple(said)

    def _beaten(self, offer: Offer, by: Sequence[str]) -> OfferDecision:
        return self._decision(offer, "beaten", Reason("beaten", found=tuple(by) or None), beaten_by=tuple(by))

    def _decision(
        self,
        offer: Offer,
        outcome: OfferOutcome,
        *reasons: Reason,
        discount: int = 0,
        times: int = 0,
        units_missing: int = 0,
        money_missing: int = 0,
        missing: tuple[str, ...] = (),
        beaten_by: tuple[str, ...] = (),
    ) -> OfferDecision:
        return OfferDecision(
            outcome=outcome,
            reasons=reasons,
            offer=offer.id,
            discount=_money.from_minor(discount, self._currency),
            times=times,
            units_missing=units_missing,
            money_missing=_money.from_minor(money_missing, self._currency),
            missing=missing,
            beaten_by=beaten_by,
        )

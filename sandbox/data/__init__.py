"""A believable MSP, the same for the same seed, in any size."""

from datetime import date
from random import Random

from sandbox.autotask.database import Database
from sandbox.data.build import Build, Volumes
from sandbox.data.companies import add_companies
from sandbox.data.contracts import Catalogue, add_contracts
from sandbox.data.desk import add_service_desk
from sandbox.data.invoices import add_billing
from sandbox.data.msp import add_catalogue, add_msp, establish
from sandbox.data.sales import add_opportunities, add_projects

__all__ = ["establish", "populate"]


def populate(database: Database, *, companies: int, seed: int, today: date) -> None:
    """Fill an empty database with the MSP Northwind IT and `companies` company records besides its own.

    Customers, leads, prospects, vendors and former ones share that number; everything else follows
    from it (`Volumes`). No clock is read: the data ends on `today`, the same arguments give the same rows.
    """
    if companies < 10:
        raise ValueError("an MSP has at least 10 company records")
    build = Build(database, Random(f"northwind {seed}"), today, Volumes(companies))
    establish(database)
    add_msp(build)
    vendors = add_companies(build)
    services, bundles = add_catalogue(build, vendors)
    agreements = add_contracts(build, Catalogue(services, bundles))
    add_opportunities(build)
    add_projects(build)
    add_service_desk(build, agreements)
    add_billing(build)

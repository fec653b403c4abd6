"""The stack of the original service, for measuring beside: FastAPI, SQLAlchemy's asyncio engine on PostgreSQL, Redis.

It does what the original did for a request and no more: the token is checked, the dashboard comes from Redis for as long
as it lives there, an invoice is read by regular expressions, paid by a rail that answers at once, inserted as one row and
pushed to one list. Nothing here guards against paying twice, and nothing is booked: it is faster than a safe service of
that stack would be.

Settings by environment: PEER_DATABASE (postgresql+asyncpg://...), PEER_REDIS (redis://...). Run by uvicorn with as many
workers as are to be measured: `python3 -m uvicorn fastapi_service:app --workers 2`.
"""

import json
import os
import re
import time
import uuid
from contextlib import asynccontextmanager
from datetime import datetime, timedelta, timezone
from decimal import Decimal

import redis.asyncio as redis
from fastapi import Depends, FastAPI, HTTPException
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.security import OAuth2PasswordBearer, OAuth2PasswordRequestForm
from jose import JWTError, jwt
from pydantic import BaseModel, Field
from sqlalchemy import Column, DateTime, Integer, Numeric, String, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import declarative_base, sessionmaker

SECRET, ALGORITHM = "a-key-for-measurements-only", "HS256"
OPENING = Decimal("10000000.00")
Base = declarative_base()


class Transaction(Base):
    __tablename__ = "transactions"
    id = Column(Integer, primary_key=True)
    created = Column(DateTime(timezone=True), index=True, nullable=False)
    vendor = Column(String(200), index=True, nullable=False)
    invoice_number = Column(String(100), nullable=False)
    amount = Column(Numeric(38, 2), nullable=False)
    currency = Column(String(16), nullable=False)
    status = Column(String(32), index=True, nullable=False)
    tx_hash = Column(String(66), nullable=False)


engine = create_async_engine(os.environ["PEER_DATABASE"], pool_size=20, max_overflow=20)
session_maker = sessionmaker(engine, class_=AsyncSession, expire_on_commit=False)
cache = redis.from_url(os.environ["PEER_REDIS"], decode_responses=True)


async def prepare():
    """The tables, made by whichever worker is first."""
    async with engine.begin() as connection:
        await connection.execute(text("SELECT pg_advisory_xact_lock(1)"))
        await connection.run_sync(Base.metadata.create_all)


app = FastAPI(on_startup=[prepare])
app.add_middleware(GZipMiddleware, minimum_size=1000)
scheme = OAuth2PasswordBearer(tokenUrl="/token")


async def user_of(token: str = Depends(scheme)) -> str:
    try:
        return jwt.decode(token, SECRET, algorithms=[ALGORITHM])["sub"]
    except (JWTError, KeyError) as error:
        raise HTTPException(401, "Could not validate credentials") from error


@asynccontextmanager
async def session():
    async with session_maker() as open_session:
        yield open_session


class Invoice(BaseModel):
    raw_text: str = Field(max_length=100_000)


class Limit(BaseModel):
    new_limit: float = Field(gt=0)


@app.get("/health")
async def health():
    return {"status": "healthy", "timestamp": datetime.now(timezone.utc).isoformat()}


@app.post("/token")
async def token(form: OAuth2PasswordRequestForm = Depends()):
    expires = datetime.now(timezone.utc) + timedelta(hours=1)
    return {"access_token": jwt.encode({"sub": form.username, "exp": expires}, SECRET, algorithm=ALGORITHM),
            "token_type": "bearer", "expires_in": 3600}


async def limit_now() -> float:
    return float(await cache.get("treasury:settings") or 1000.0)


async def balance_now() -> Decimal:
    cached = await cache.get("treasury:balance")
    if cached:
        return Decimal(cached)
    async with session() as db:
        paid = (await db.execute(select(func.coalesce(func.sum(Transaction.amount), 0)))).scalar_one()
    balance = OPENING - paid
    await cache.set("treasury:balance", str(balance), ex=30)
    return balance


@app.get("/api/dashboard")
async def dashboard(user: str = Depends(user_of)):
    key = f"user:{user}:dashboard"
    cached = await cache.get(key)
    if cached:
        return json.loads(cached)
    balance = await balance_now()
    since = datetime.now(timezone.utc) - timedelta(days=90)
    async with session() as db:
        burnt = (await db.execute(select(func.coalesce(func.sum(Transaction.amount), 0))
                                  .where(Transaction.created > since))).scalar_one()
    monthly = float(burnt) / 3
    answer = {"status": "Online", "treasury_balance": float(balance), "currency": "MNEE", "monthly_burn": monthly,
              "runway_months": round(float(balance) / monthly, 1) if monthly else None, "alerts": []}
    await cache.set(key, json.dumps(answer), ex=300)
    return answer


@app.get("/api/dashboard/logs")
async def logs(limit: int = 50, user: str = Depends(user_of)):
    return [json.loads(line) for line in await cache.lrange("treasury:daily_logs", 0, min(limit, 50) - 1)]


@app.get("/api/settings/limit")
async def get_limit(user: str = Depends(user_of)):
    return {"limit": await limit_now()}


@app.post("/api/settings/limit")
async def set_limit(limit: Limit, user: str = Depends(user_of)):
    await cache.set("treasury:settings", str(limit.new_limit), ex=3600)
    return {"limit": limit.new_limit}


NUMBER = re.compile(r"Invoice Number:\s*(\S+)")
VENDOR = re.compile(r"From:\s*(.+)")
AMOUNT = re.compile(r"Total Due:\s*([\d.,]+)\s*([A-Z]{3,5})")


@app.post("/api/process-invoice")
async def process_invoice(invoice: Invoice, user: str = Depends(user_of)):
    number, vendor = NUMBER.search(invoice.raw_text), VENDOR.search(invoice.raw_text)
    amount = AMOUNT.search(invoice.raw_text)
    if not (number and vendor and amount):
        raise HTTPException(422, "not an invoice")
    due, currency = Decimal(amount[1].replace(",", "")), amount[2]
    balance = await balance_now()
    if due > Decimal(str(await limit_now())) or due > balance:
        return {"status": "PAUSED_FOR_APPROVAL", "vendor": vendor[1], "amount": float(due)}
    tx_hash = "0x" + uuid.uuid4().hex * 2
    async with session() as db:
        db.add(Transaction(created=datetime.now(timezone.utc), vendor=vendor[1], invoice_number=number[1], amount=due,
                           currency=currency, status="APPROVED", tx_hash=tx_hash))
        await db.commit()
    line = {"timestamp": int(time.time()), "event": "payment", "vendor": vendor[1], "amount": float(due),
            "currency": currency, "status": "APPROVED", "tx_hash": tx_hash}
    async with cache.pipeline(transaction=False) as pipe:
        pipe.lpush("treasury:daily_logs", json.dumps(line)).ltrim("treasury:daily_logs", 0, 49)
        pipe.delete("treasury:balance", f"user:{user}:dashboard")
        await pipe.execute()
    return {"status": "APPROVED", "tx_hash": tx_hash, "vendor": vendor[1], "amount": float(due), "currency": currency,
            "balance": float(balance - due)}
